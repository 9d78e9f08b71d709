//! The words: labels that mean the same, properties of schema.org, units, and what things of its types are called.

/// Labels that mean the same. Each has to mean it on every page, or it is not here.
pub(super) const SAME: &[&[&str]] = &[
    &["phone", "phone number", "telephone", "telephone number"],
    &["email", "email address", "mail", "mail address"],
    &["website", "web site", "homepage"],
    &["zip", "zip code", "postal code", "postcode"],
    &["street", "street address"],
    &["city", "town", "locality"],
    &["company", "company name", "employer", "hiring organization"],
    &["currency", "price currency", "currency code"],
    &["brand", "brand name"],
    &["sku", "stock keeping unit"],
    &["weight", "item weight", "product weight"],
    &["dimension", "product dimension", "item dimension"],
    &["quantity", "item quantity"],
    &["author", "author name", "written by"],
    &[
        "published",
        "published at",
        "publish date",
        "publication date",
        "date published",
        "published date",
        "published on",
    ],
    &[
        "posted",
        "posted at",
        "posted on",
        "date posted",
        "posted date",
        "posting date",
    ],
    &[
        "updated",
        "updated at",
        "last updated",
        "last update",
        "modified",
        "date modified",
        "last modified",
    ],
    &["start date", "start", "starts at"],
    &["end date", "end", "ends at"],
    &["venue", "venue name", "location name"],
    &["birth date", "date of birth", "dob", "born", "birthday"],
    &["first name", "given name", "forename"],
    &["last name", "surname", "family name"],
    &["job title", "position", "role"],
    &["employment type", "job type", "contract type"],
    &["serving", "yield", "portions"],
    &["prep time", "preparation time"],
    &["cook time", "cooking time"],
    &["in stock", "availability", "stock status", "stock"],
    &["rating", "average rating", "customer rating"],
    &["review count", "number of reviews", "total reviews"],
    &["total", "total amount", "grand total"],
    &["due date", "date due", "payment due"],
    &["invoice number", "invoice id"],
    &["order number", "order id"],
    &["page count", "pages", "number of pages", "num pages"],
    &["vat number", "vat id"],
    &["price", "our price"],
    &["model", "model number", "model name"],
    &["manufacturer", "maker", "made by"],
    &["address", "postal address"],
    &[
        "deadline",
        "application deadline",
        "closing date",
        "apply by",
    ],
];

/// Names of members, and where schema.org has what they hold, the likelier place first.
pub(super) const PLACES: &[(&[&str], &[&str])] = &[
    (&["name", "full name", "display name"], &["name"]),
    (
        &["title", "headline", "heading"],
        &["headline", "title", "name"],
    ),
    (&["job title", "position", "role"], &["title", "jobTitle"]),
    (
        &["url", "link", "href", "page url", "canonical url"],
        &["url"],
    ),
    (&["website", "homepage"], &["url"]),
    (
        &[
            "image",
            "image url",
            "photo",
            "picture",
            "thumbnail",
            "thumbnail url",
            "cover",
            "cover image",
        ],
        &["image", "thumbnailUrl"],
    ),
    (
        &["description", "summary", "snippet", "abstract"],
        &["description", "abstract"],
    ),
    (
        &["price", "current price", "amount"],
        &["offers.price", "price", "offers.priceSpecification.price"],
    ),
    (&["ticket price"], &["offers.price"]),
    (
        &["low price", "min price", "lowest price"],
        &["offers.lowPrice"],
    ),
    (
        &["high price", "max price", "highest price"],
        &["offers.highPrice"],
    ),
    (
        &["currency", "price currency", "currency code"],
        &[
            "offers.priceCurrency",
            "priceCurrency",
            "offers.priceSpecification.priceCurrency",
            "currency",
        ],
    ),
    (
        &[
            "availability",
            "in stock",
            "stock",
            "stock status",
            "available",
            "is available",
            "is in stock",
        ],
        &["offers.availability", "availability"],
    ),
    (&["condition"], &["itemCondition", "offers.itemCondition"]),
    (
        &["rating", "average rating", "rating value", "star", "score"],
        &[
            "aggregateRating.ratingValue",
            "reviewRating.ratingValue",
            "ratingValue",
        ],
    ),
    (
        &["review count", "number of reviews", "total reviews"],
        &["aggregateRating.reviewCount", "reviewCount"],
    ),
    (
        &["rating count", "number of ratings"],
        &["aggregateRating.ratingCount", "ratingCount"],
    ),
    (&["review"], &["review", "reviews"]),
    (
        &["text", "body", "content", "review text", "comment"],
        &["reviewBody", "articleBody", "text"],
    ),
    (
        &[
            "author",
            "author name",
            "writer",
            "written by",
            "reviewer",
            "reviewer name",
        ],
        &["author", "creator"],
    ),
    (
        &[
            "published",
            "published at",
            "publish date",
            "publication date",
            "date published",
            "published on",
        ],
        &["datePublished"],
    ),
    (
        &["date"],
        &["datePublished", "datePosted", "startDate", "uploadDate"],
    ),
    (
        &[
            "updated",
            "updated at",
            "last updated",
            "modified",
            "date modified",
            "modified at",
        ],
        &["dateModified"],
    ),
    (
        &[
            "posted",
            "posted at",
            "posted on",
            "date posted",
            "posting date",
        ],
        &["datePosted", "datePublished"],
    ),
    (
        &[
            "deadline",
            "application deadline",
            "closing date",
            "valid through",
            "expires",
            "expiry date",
        ],
        &["validThrough"],
    ),
    (
        &[
            "start date",
            "start",
            "starts at",
            "start time",
            "start datetime",
        ],
        &["startDate"],
    ),
    (
        &["end date", "end", "ends at", "end time", "end datetime"],
        &["endDate"],
    ),
    (
        &["venue", "venue name", "location", "location name", "place"],
        &["location"],
    ),
    (
        &["street", "street address"],
        &[
            "streetAddress",
            "address.streetAddress",
            "location.address.streetAddress",
            "jobLocation.address.streetAddress",
        ],
    ),
    (
        &["city", "town", "locality"],
        &[
            "addressLocality",
            "address.addressLocality",
            "location.address.addressLocality",
            "jobLocation.address.addressLocality",
        ],
    ),
    (
        &["zip", "zip code", "postal code", "postcode"],
        &[
            "postalCode",
            "address.postalCode",
            "location.address.postalCode",
            "jobLocation.address.postalCode",
        ],
    ),
    (
        &["state", "region", "province"],
        &[
            "addressRegion",
            "address.addressRegion",
            "location.address.addressRegion",
            "jobLocation.address.addressRegion",
        ],
    ),
    (
        &["country", "country code"],
        &[
            "addressCountry",
            "address.addressCountry",
            "location.address.addressCountry",
            "jobLocation.address.addressCountry",
        ],
    ),
    (
        &["address", "postal address"],
        &["address", "location.address", "jobLocation.address"],
    ),
    (
        &["phone", "phone number", "telephone number"],
        &["telephone", "contactPoint.telephone"],
    ),
    (
        &["email", "email address"],
        &["email", "contactPoint.email"],
    ),
    (
        &["company", "company name", "employer", "hiring organization"],
        &["hiringOrganization", "worksFor"],
    ),
    (&["organizer", "host"], &["organizer"]),
    (&["performer", "artist"], &["performer"]),
    (&["employment type", "job type"], &["employmentType"]),
    (
        &["salary min", "min salary", "minimum salary"],
        &["baseSalary.value.minValue", "baseSalary.minValue"],
    ),
    (
        &["salary max", "max salary", "maximum salary"],
        &["baseSalary.value.maxValue", "baseSalary.maxValue"],
    ),
    (
        &["salary", "base salary"],
        &["baseSalary.value.value", "baseSalary.value"],
    ),
    (&["salary currency"], &["baseSalary.currency"]),
    (&["ingredient"], &["recipeIngredient", "ingredients"]),
    (
        &["instruction", "step", "direction"],
        &["recipeInstructions"],
    ),
    (&["prep time", "preparation time", "prep"], &["prepTime"]),
    (&["cook time", "cooking time", "cook"], &["cookTime"]),
    (&["total time"], &["totalTime"]),
    (&["serving", "yield", "portions"], &["recipeYield"]),
    (&["cuisine"], &["recipeCuisine"]),
    (
        &["category"],
        &["category", "recipeCategory", "articleSection"],
    ),
    (&["calorie"], &["nutrition.calories"]),
    (&["keyword", "tag"], &["keywords"]),
    (&["answer"], &["acceptedAnswer.text"]),
    (
        &["page count", "pages", "number of pages", "num pages"],
        &["numberOfPages"],
    ),
    (&["language"], &["inLanguage"]),
    (&["first name", "given name"], &["givenName"]),
    (&["last name", "surname", "family name"], &["familyName"]),
    (&["birth date", "date of birth", "birthday"], &["birthDate"]),
    (&["gtin"], &["gtin", "gtin13", "gtin14", "gtin12", "gtin8"]),
    (&["ean"], &["gtin13", "gtin"]),
    (&["upc"], &["gtin12", "gtin"]),
    (&["value"], &["value", "ratingValue"]),
    (&["faq"], &["mainEntity"]),
];

/// Units that end the name of a member, such as `weight_kg`, with the spellings of each.
pub(super) const UNITS: &[(&str, &[&str])] = &[
    ("kg", &["kg", "kilogram", "kilograms"]),
    ("g", &["g", "grams"]),
    ("km", &["km"]),
    ("cm", &["cm"]),
    ("mm", &["mm"]),
    ("m", &["m"]),
    ("inch", &["in", "inch", "inches", "\"", "″"]),
    ("lb", &["lb", "lbs", "pounds"]),
    ("ghz", &["ghz"]),
    ("mhz", &["mhz"]),
    ("hz", &["hz"]),
    ("gb", &["gb"]),
    ("tb", &["tb"]),
    ("mb", &["mb"]),
    ("w", &["w", "watt", "watts"]),
    ("v", &["v", "volt", "volts"]),
    ("mah", &["mah"]),
    ("percent", &["%", "percent"]),
    ("minute", &["min", "mins", "minute", "minutes"]),
    ("hour", &["h", "hour", "hours", "hrs"]),
    ("day", &["day", "days"]),
    ("eur", &["eur", "€"]),
    ("usd", &["usd"]),
    ("gbp", &["gbp", "£"]),
    ("ml", &["ml"]),
    ("l", &["l", "litre", "litres", "liter", "liters"]),
];

/// What people call things of a type of schema.org, besides the type's own name.
pub(super) fn called(kind: &str) -> &'static [&'static str] {
    match kind {
        "Organization" | "Corporation" | "LocalBusiness" => {
            &["company", "business", "contact", "firm"]
        }
        "Store" | "Restaurant" | "Hotel" => &["company", "business", "contact", "shop"],
        "Person" => &["profile", "author", "speaker", "member", "employee"],
        "JobPosting" => &["vacancy", "opening", "position"],
        "Article" | "NewsArticle" | "BlogPosting" => &["article", "blog", "post", "story", "news"],
        _ => &[],
    }
}
