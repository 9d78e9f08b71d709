//! Lists in pages.

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// From 1.
    pub page: u32,
    /// 1 to 100.
    pub size: u32,
}

impl PageRequest {
    /// How many items come before this page.
    pub fn offset(self) -> u64 {
        u64::from(self.page.saturating_sub(1)) * u64::from(self.size)
    }
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { page: 1, size: 10 }
    }
}

/// A page of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What was asked for.
    pub request: PageRequest,
    /// There is a further page.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Makes a page out of up to one more item than it holds, which tells whether another page follows.
    pub fn from_overlong(mut items: Vec<T>, request: PageRequest) -> Self {
        let size = request.size as usize;
        let has_next = items.len() > size;
        items.truncate(size);
        Self {
            items,
            request,
            has_next,
        }
    }

    /// There is an earlier page.
    pub fn has_previous(&self) -> bool {
        self.request.page > 1
    }
}
