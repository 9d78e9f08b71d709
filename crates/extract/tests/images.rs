//! Images and their categories.

use guise_extract::{Category, Css, Error, Options, Selector, images};
use rstest::rstest;
use url::Url;

#[rstest]
#[case(
    "<link rel='shortcut icon' href=/f.ico>",
    Some("/f.ico"),
    Category::Favicon,
    None
)]
#[case(
    "<img src=/a.jpg alt='A cat'>",
    Some("/a.jpg"),
    Category::ContentImage,
    Some("A cat")
)]
#[case("<img src=/a.jpg alt=''>", Some("/a.jpg"), Category::Decorative, None)]
#[case(
    "<img src=/t.gif width=1 height=1>",
    Some("/t.gif"),
    Category::Decorative,
    None
)]
#[case(
    "<img src=/a.png width=32 height=32 title=Help>",
    Some("/a.png"),
    Category::Icon,
    Some("Help")
)]
#[case(
    "<img src=/site-logo.png>",
    Some("/site-logo.png"),
    Category::Icon,
    None
)]
#[case(
    "<img src=/x.svg style='width: 20px'>",
    Some("/x.svg"),
    Category::SvgIcon,
    None
)]
#[case(
    "<img src=/chart.svg width=600 alt=Chart>",
    Some("/chart.svg"),
    Category::SvgContent,
    Some("Chart")
)]
#[case(
    "<button><svg viewBox='0 0 512 512'><title>Close</title></svg></button>",
    None,
    Category::SvgIcon,
    Some("Close")
)]
#[case(
    "<svg width=800 height=400 aria-label='Sales'></svg>",
    None,
    Category::SvgContent,
    Some("Sales")
)]
#[case(
    "<div style=\"background:url('/bg.png?a;b')\"></div>",
    Some("/bg.png?a;b"),
    Category::Decorative,
    None
)]
#[case(
    "<figure><img src=/f.jpg><figcaption>Fig <b>1</b></figcaption></figure>",
    Some("/f.jpg"),
    Category::ContentImage,
    Some("Fig 1")
)]
#[case(
    "<video poster=/p.jpg></video>",
    Some("/p.jpg"),
    Category::ContentImage,
    None
)]
#[case(
    "<input type=image src=/go.png alt=Go>",
    Some("/go.png"),
    Category::Icon,
    Some("Go")
)]
fn categories(
    #[case] html: &str,
    #[case] path: Option<&str>,
    #[case] category: Category,
    #[case] description: Option<&str>,
) {
    let base = Url::parse("https://shop.example/dir/").unwrap();
    let found = images(html, &base, &Options::default()).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    let url = path.map(|path| base.join(path).unwrap());
    assert_eq!(found[0].url, url);
    assert_eq!(found[0].category, category);
    assert_eq!(found[0].description.as_deref(), description);
}

#[test]
fn hidden_and_repeated_images_are_left_out() {
    let base = Url::parse("https://shop.example/").unwrap();
    let html = "<img src=/a.jpg alt=a><img src=/a.jpg alt=b><div hidden><img src=/h.jpg></div><img src='data:x,y'>";
    assert_eq!(images(html, &base, &Options::default()).unwrap().len(), 1);
}

#[test]
fn options_say_where_images_are_looked_for() {
    let base = Url::parse("https://shop.example/").unwrap();
    let html = "<link rel=icon href=/f.ico><nav><img src=/logo.png alt=l></nav><main><h1>Boots</h1><p>Good boots for long walks.</p>\
        <div class=a><img src=/a.jpg alt=a><aside><img src=/ad.jpg alt=x></aside></div><img src=/b.jpg alt=b></main>";
    let named = |options: &Options| -> Vec<String> {
        let found = images(html, &base, options).unwrap();
        found
            .into_iter()
            .filter_map(|image| Some(image.url?.path().to_owned()))
            .collect()
    };
    let all = Options::default();
    assert_eq!(
        named(&all),
        ["/f.ico", "/logo.png", "/a.jpg", "/ad.jpg", "/b.jpg"]
    );
    let main = Options {
        only_main_content: true,
        ..all.clone()
    };
    assert_eq!(named(&main), ["/f.ico", "/a.jpg", "/b.jpg"]);
    let scoped = Options {
        selector: Some(Selector::new(".a").unwrap()),
        ..all.clone()
    };
    assert_eq!(named(&scoped), ["/a.jpg", "/ad.jpg"]);
    let dropped = Options {
        ignored_tags: vec![Css::new("aside").unwrap(), Css::new("nav").unwrap()],
        ..all.clone()
    };
    assert_eq!(named(&dropped), ["/f.ico", "/a.jpg", "/b.jpg"]);
    let none = Options {
        selector: Some(Selector::new("#x").unwrap()),
        ..all
    };
    assert_eq!(
        images(html, &base, &none),
        Err(Error::NoMatch {
            selector: "#x".into()
        })
    );
}
