// Form fields: what a field is for, and whether what it holds is a secret.

// Keys of the Notte API's form_fill by autocomplete token (HTML: "Autofill").
const KEY_BY_TOKEN = {
  'honorific-prefix': 'title', 'given-name': 'first_name', 'additional-name': 'middle_name', 'family-name': 'last_name',
  name: 'full_name', email: 'email', organization: 'company', 'street-address': 'address1', 'address-line1': 'address1',
  'address-line2': 'address2', 'address-line3': 'address3', 'address-level2': 'city', 'address-level1': 'state',
  'postal-code': 'postal_code', country: 'country', 'country-name': 'country', tel: 'phone', 'tel-national': 'phone',
  'cc-name': 'cc_name', 'cc-number': 'cc_number', 'cc-exp-month': 'cc_exp_month', 'cc-exp-year': 'cc_exp_year',
  'cc-exp': 'cc_exp', 'cc-csc': 'cc_cvv', username: 'username', 'current-password': 'current_password',
  'new-password': 'new_password', 'one-time-code': 'totp',
};

// The same keys by what a field is called, in English, German, French, Spanish, Italian, Portuguese
// and Dutch; the first that fits wins, so the narrow ones come first. Words are matched in lower case,
// with accents removed and separators turned into single spaces.
const KEY_BY_WORDS = [
  ['totp', /\b(totp|otp|2fa|mfa|one time (code|password)|verification code|authenticat\w+ code|security code sent|einmalcode|bestatigungscode|code de verification|codigo de verificacion|codice di verifica)\b/],
  ['cc_cvv', /\b(cvv2?|cvc2?|csc|card (verification|security)|security code|prufnummer|prufziffer|sicherheitscode|cryptogramme|codigo de seguridad|codice di sicurezza)\b/],
  ['cc_exp_month', /\b((exp\w*|ablauf|validade|vencimiento|scadenza|card|cc)\s?(date )?(month|mm|monat|mois|mes|mese)|(month|monat|mois|mes|mese) (of )?(exp\w*|ablauf))\b/],
  ['cc_exp_year', /\b((exp\w*|ablauf|validade|vencimiento|scadenza|card|cc)\s?(date )?(year|yy(yy)?|jahr|annee|ano|anno)|(year|jahr|annee|ano|anno) (of )?(exp\w*|ablauf))\b/],
  ['cc_exp', /\b(cc ?exp\w*|card ?exp\w*|expiry|expiration( date)?|exp date|mm ?yy(yy)?|ablaufdatum|gultig bis|date d expiration|fecha de (vencimiento|caducidad)|data di scadenza|validade|vervaldatum)\b/],
  ['cc_number', /\b((cc|card|credit ?card|debit ?card) ?(number|num|no|nr)|cardnumber|ccnumber|kartennummer|kreditkartennummer|numero de (la )?(carte|tarjeta)|numero (della )?carta|numero do cartao|kaartnummer)\b/],
  ['cc_name', /\b((cc|card) ?(holder|owner)?s? ?name|card ?holder|name on card|karteninhaber|titulaire|titular|intestatario|nome no cartao|kaarthouder)\b/],
  ['new_password', /\b(new|confirm|repeat|retype|verify|neues|wiederholen|nouveau|confirmer|nueva|confirmar|nuova|conferma|repita|nieuw|bevestig) ?\w* ?(password|passwd|pwd|passwort|kennwort|mot de passe|contrasena|senha|wachtwoord)|\b(password|passwort|kennwort|mot de passe|contrasena|senha|wachtwoord) ?(confirm\w*|repeat|again|wiederholen|2)\b/],
  ['current_password', /\b(password|passwd|passcode|pwd|passwort|kennwort|mot de passe|contrasena|clave|senha|palavra passe|wachtwoord)\b/],
  ['email', /\b(e ?mail\w*|courriel|correo( electronico)?|posta elettronica)\b/],
  ['first_name', /\b(first ?name|given ?name|fname|forename|vorname|prenom|nombre de pila|primeiro nome|nome proprio|voornaam)\b/],
  ['middle_name', /\b(middle ?(name|initial)|mname|zweiter vorname|deuxieme prenom|segundo nombre|secondo nome|nome do meio|tussenvoegsel)\b/],
  ['last_name', /\b(last ?name|family ?name|sur ?name|lname|nachname|familienname|nom de famille|apellidos?|cognome|sobrenome|apelido|achternaam)\b/],
  ['username', /\b(user ?(name|id)?|login( name| id)?|account ?(name|id)|benutzer(name|kennung)?|identifiant|nom d utilisateur|usuario|nome utente|nome de utilizador|gebruikersnaam)\b/],
  ['company', /\b(company( name)?|organi[sz]ation|business name|firma|firmenname|unternehmen|societe|entreprise|empresa|azienda|bedrijf(snaam)?)\b/],
  ['postal_code', /\b(zip( ?code)?|post(al)? ?code|postcode|plz|postleitzahl|code postal|codigo postal|cap|cep)\b/],
  ['address2', /\b(address ?(line ?)?2|addr ?2|apt|apartment|suite|unit|adresszusatz|complement( d adresse)?|complemento|piso)\b/],
  ['address3', /\b(address ?(line ?)?3|addr ?3)\b/],
  ['address1', /\b((street|shipping|billing|mailing|delivery) ?address\w*|address ?(line ?)?1?|addr ?1?|street( name)?|strasse|straße|anschrift|adresse|rue|direccion|calle|indirizzo|via|endereco|morada|rua|adres|straat)\b/],
  ['city', /\b(city|town|locality|suburb|ort|stadt|wohnort|ville|ciudad|localidad|citta|cidade|plaats|woonplaats)\b/],
  ['state', /\b(state|province|region|county|bundesland|kanton|departement|estado|provincia|regione|distrito|provincie)\b/],
  ['country', /\b(country|land|pays|pais|paese|nazione)\b/],
  ['phone', /\b(phone( ?(number|no))?|tel(ephone)?|mobile|cell( ?phone)?|telefon(nummer)?|handy(nummer)?|portable|telefono|movil|cellulare|telemovel|celular|telefoon(nummer)?)\b/],
  ['title', /\b(salutation|honorific|anrede|civilite|tratamiento|tratamento|aanhef)\b/],
  ['full_name', /\b((full|your|complete|contact) ?name|name|nom( complet)?|nombre( completo)?|nome( completo)?|naam)\b/],
];

const plainWords = (text) =>
  text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

const autocompleteTokens = (element) => (attribute(element, 'autocomplete') ?? '').toLowerCase().split(/\s+/).filter(Boolean);

const isFillableControl = (element) =>
  element instanceof HTMLTextAreaElement ||
  element instanceof HTMLSelectElement ||
  (element instanceof HTMLInputElement && !/^(hidden|submit|reset|button|image|file|checkbox|radio|range|color)$/.test(element.type));

/** The form_fill key that a field is for, and whether the page itself declared it; null if unknown. */
const fieldKey = (element) => {
  const tokens = autocompleteTokens(element);
  for (const token of tokens) if (Object.hasOwn(KEY_BY_TOKEN, token)) return { key: KEY_BY_TOKEN[token], declared: true };
  const type = element instanceof HTMLInputElement ? element.type : '';
  if (type === 'email') return { key: 'email', declared: false };
  if (type === 'tel' && !/\b(card|cc|cvc|cvv|zip|code|otp|exp)/.test(plainWords(`${attribute(element, 'name')} ${elementId(element)}`))) {
    return { key: 'phone', declared: false };
  }
  const sources = [attribute(element, 'name'), elementId(element), labelsText(element, new Set()) || accessibleLabel(element), attribute(element, 'placeholder')];
  for (const source of sources) {
    const words = source ? plainWords(source) : '';
    const match = words && KEY_BY_WORDS.find(([, pattern]) => pattern.test(words));
    if (!match) continue;
    const secret = match[0] === 'current_password' || match[0] === 'new_password';
    // A password field is only ever a password, a one-time code or a card's check number.
    if (type === 'password' && !secret && match[0] !== 'totp' && match[0] !== 'cc_cvv') continue;
    return { key: match[0], declared: false };
  }
  return type === 'password' ? { key: 'current_password', declared: false } : null;
};

const SECRET_TOKENS = new Set(['one-time-code', 'cc-number', 'cc-csc', 'current-password', 'new-password']);
const SECRET_NAME = /(pass ?(word|wd|wort|code)|\bpwd\b|kennwort|contrasena|\bsenha\b|wachtwoord|\bcvv2?\b|\bcvc2?\b|\bcsc\b|card ?num|\botp\b|\btotp\b)/;

/** True if what the field holds must not be shown: passwords, one-time codes, card numbers. */
const holdsSecret = (element) => {
  if (!(element instanceof HTMLInputElement) && !(element instanceof HTMLTextAreaElement)) return false;
  if (element.type === 'password' || secretFields.has(element)) return true;
  if (/^(button|submit|reset|image|checkbox|radio|hidden)$/.test(element.type)) return false;
  if (autocompleteTokens(element).some((token) => SECRET_TOKENS.has(token))) return true;
  return SECRET_NAME.test(plainWords(`${attribute(element, 'name') ?? ''} ${elementId(element)}`));
};

/** All fields that a form fill may use, in document order. */
const formFields = () => {
  const fields = [];
  for (const element of deepQuery(document, 'input, textarea, select')) {
    if (!isFillableControl(element)) continue;
    const guess = fieldKey(element);
    fields.push({
      handle: handleOf(element),
      key: guess?.key ?? null,
      declared: guess?.declared ?? false,
      tag: localName(element),
      type: element.type,
      label: textLabel(element),
      name: attribute(element, 'name') ?? '',
      max_length: element.maxLength > 0 ? element.maxLength : null,
      visible: isRendered(element),
      enabled: disabledReason(element) === null && !element.readOnly,
    });
  }
  return { fields };
};
