//! Whether a control buys something, by what it is called.

/// Control names are read up to so many characters: longer ones are no button's.
const LONGEST: usize = 80;

/// Said on a button, these buy, whatever stands around them.
const SENTENCES: &[&str] = &[
    // English
    "buy now",
    "buy it now",
    "place order",
    "place your order",
    "place my order",
    "pay now",
    "complete purchase",
    "complete your purchase",
    "complete order",
    "complete your order",
    "confirm order",
    "confirm your order",
    "confirm purchase",
    "confirm and pay",
    "review and pay",
    "submit order",
    "order now",
    "order and pay",
    "book and pay",
    "make payment",
    "submit payment",
    "confirm payment",
    "finish and pay",
    "subscribe and pay",
    "start paid",
    // German
    "jetzt kaufen",
    "zahlungspflichtig",
    "kostenpflichtig",
    "bestellung aufgeben",
    "bestellung abschicken",
    "jetzt bezahlen",
    "jetzt bestellen",
    "kauf abschließen",
    "jetzt zahlen",
    // French
    "acheter maintenant",
    "passer la commande",
    "passer commande",
    "valider la commande",
    "confirmer la commande",
    "obligation de paiement",
    "payer maintenant",
    "confirmer et payer",
    "valider et payer",
    // Spanish
    "comprar ahora",
    "realizar pedido",
    "realizar el pedido",
    "confirmar compra",
    "confirmar la compra",
    "finalizar compra",
    "finalizar la compra",
    "tramitar pedido",
    "confirmar pedido",
    "pagar ahora",
    "confirmar y pagar",
    // Italian
    "acquista ora",
    "compra ora",
    "paga ora",
    "conferma ordine",
    "conferma l'ordine",
    "ordina e paga",
    "ordine con obbligo di pagamento",
    "conferma e paga",
    "completa l'acquisto",
    // Portuguese
    "comprar agora",
    "finalizar pedido",
    "confirmar a compra",
    "fechar pedido",
    "pagar agora",
    "confirmar e pagar",
    // Dutch
    "nu kopen",
    "bestelling plaatsen",
    "bestelling afronden",
    "bestellen en betalen",
    "nu betalen",
    "betalingsverplichting",
    // Polish
    "kup teraz",
    "kupuję i płacę",
    "zamawiam i płacę",
    "zapłać teraz",
    "z obowiązkiem zapłaty",
    // Scandinavian languages
    "köp nu",
    "slutför köp",
    "betala nu",
    "køb nu",
    "gennemfør køb",
    "betal nu",
    "kjøp nå",
    "fullfør kjøp",
    "betal nå",
    // Russian
    "купить сейчас",
    "оформить заказ",
    "подтвердить заказ",
    "оплатить заказ",
    // Chinese, Japanese, Korean
    "立即购买",
    "立即購買",
    "提交订单",
    "提交訂單",
    "确认付款",
    "確認付款",
    "立即支付",
    "購入する",
    "購入を確定",
    "今すぐ購入",
    "今すぐ買う",
    "注文を確定",
    "注文する",
    "支払う",
    "구매하기",
    "결제하기",
    "바로구매",
    "주문하기",
];

/// Said on a button, these buy where nothing stands around them but an amount.
const WORDS: &[&str] = &[
    "buy",
    "pay",
    "purchase",
    "kaufen",
    "bezahlen",
    "bestellen",
    "acheter",
    "payer",
    "commander",
    "comprar",
    "pagar",
    "acquista",
    "compra",
    "paga",
    "kopen",
    "betalen",
    "kup",
    "zapłać",
    "köp",
    "betala",
    "køb",
    "betal",
    "kjøp",
    "купить",
    "оплатить",
    "购买",
    "購買",
    "支付",
    "付款",
    "購入",
    "구매",
    "결제",
];

/// Whether a control of that name buys something or pays, in the languages that are known here.
///
/// It is a help to who wants to be asked, no wall: a page may call its buttons what it likes.
pub(crate) fn buys(name: &str) -> bool {
    if name.chars().count() > LONGEST {
        return false;
    }
    let name = name.to_lowercase().replace('&', "and").replace('’', "'");
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    SENTENCES.iter().any(|sentence| name.contains(sentence))
        || WORDS.contains(&without_amount(&name))
}

/// The name's words, if only an amount follows them.
fn without_amount(name: &str) -> &str {
    let end = name
        .find(|letter: char| letter.is_ascii_digit())
        .unwrap_or(name.len());
    let (words, amount) = name.split_at(end);
    // Behind the figures no more than a currency's sign or its three letters.
    let letters = amount.chars().filter(|letter| letter.is_alphabetic());
    if letters.count() > 3 {
        return name;
    }
    let words = words.trim_end_matches(|letter: char| !letter.is_alphabetic());
    // In front of them, too.
    for currency in [" for", " eur", " usd", " gbp", " chf"] {
        if let Some(rest) = words.strip_suffix(currency) {
            return rest;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_that_buy_are_known() {
        for name in [
            "Buy now",
            "  BUY \n Now ",
            "Place your order",
            "Pay $12.99",
            "Pay 12,99 €",
            "Pay EUR 12",
            "Buy for $3",
            "Pay",
            "Confirm & pay",
            "Yes, buy it now!",
            "Zahlungspflichtig bestellen",
            "Kaufen",
            "Commander",
            "Comprar ahora",
            "Kupuję i płacę",
            "注文を確定する",
            "立即购买",
            "구매하기",
        ] {
            assert!(buys(name), "{name}");
        }
    }

    #[test]
    fn others_are_not() {
        for name in [
            "",
            "Proceed to checkout",
            "Add to basket",
            "Purchase history",
            "Buy again",
            "Pay by invoice",
            "How to pay",
            "Payment methods",
            "Buyer's guide 2026",
            "Log in",
            "購入履歴",
            "Search",
        ] {
            assert!(!buys(name), "{name}");
        }
        assert!(!buys(&"buy now ".repeat(20)));
    }
}
