//! Addresses, alone and in the commands that bring them.

use guise_inbox::Address;
use proptest::prelude::*;

use crate::cases;
use crate::peer::run;

proptest! {
    #![proptest_config(cases(1000))]

    /// What is an address is the same one when it is written and read again.
    #[test]
    fn an_address_is_what_it_says(text in "\\PC{0,30}|[a-zA-Z0-9.%!@\"<>,: éß-]{0,40}|[a-z.+]{1,70}@[A-Z.é-]{1,20}") {
        if let Ok(address) = text.parse::<Address>() {
            let written = address.to_string();
            prop_assert_eq!(written.matches('@').count(), 1);
            prop_assert!(!written.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\",;".contains(c)));
            prop_assert_eq!(written.parse::<Address>(), Ok(address));
        }
    }

    /// However a recipient is written, a mail that is taken for it is one for here.
    #[test]
    fn a_recipient_is_one_of_ours(
        before in prop::sample::select(vec!["", "<", "<@a.example:", "<\"", "<<", " <", "<@example.com,@b.example:"]),
        name in "[a-z]{1,5}|[a-zA-Z.%!@\"\\\\ ]{0,20}|\\PC{0,10}",
        domain in prop::sample::select(vec!["@example.com", "@EXAMPLE.com.", "@example.net", "", "@", "@example.com@example.net", "@[192.0.2.1]", "@example.com\0"]),
        behind in prop::sample::select(vec![">", "", ">>", "> SIZE=1", "\">", "> NOTIFY=NEVER", "> X=Y Z", ">\t"]),
    ) {
        let input = format!("EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:{before}{name}{domain}{behind}\r\nDATA\r\nhi\r\n.\r\n");
        for (recipients, _) in run([input.as_bytes()]).mails {
            prop_assert!(!recipients.is_empty());
            for recipient in recipients {
                let address: Address = recipient.parse().unwrap();
                prop_assert_eq!(address.domain(), "example.com");
            }
        }
    }
}
