package mask

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// A keyRule says what stands under a key.
type keyRule struct {
	kind  kind
	whole bool // only if the key is that and nothing before it
	code  bool // a security code of a card, three or four digits
}

// keys has the names of keys without separators, in lower case. A key is one
// if it ends in a name at the beginning of a word: billing_address,
// customerEmail, X-User-Id.
var keys = func() map[string]keyRule {
	m := map[string]keyRule{}
	add := func(k kind, whole bool, names ...string) {
		for _, n := range names {
			m[n] = keyRule{kind: k, whole: whole}
		}
	}
	add(email, false, "email", "emails", "emailaddress", "emailaddresses", "mailaddress", "useremail", "emailid")
	add(email, true, "mail", "mailto", "replyto", "cc", "bcc")
	add(phone, false, "phone", "phones", "phonenumber", "phonenumbers", "phoneno", "telephone", "telephonenumber", "mobile", "mobilephone", "mobilenumber",
		"mobileno", "cellphone", "cellnumber", "cellphonenumber", "faxnumber", "msisdn", "homephone", "workphone", "contactnumber", "whatsapp", "telefon", "handynummer")
	add(phone, true, "tel", "fax", "cell")
	add(card, false, "creditcard", "creditcardnumber", "cardnumber", "cardno", "ccnumber", "ccnum", "debitcard", "debitcardnumber", "primaryaccountnumber")
	add(card, true, "pan", "card")
	for _, n := range []string{"cvv", "cvv2", "cvc", "cvc2", "csc", "cardverificationvalue", "cardsecuritycode"} {
		m[n] = keyRule{kind: card, code: true}
	}
	add(ssn, false, "ssn", "ssnlast4", "socialsecuritynumber", "socialsecurity", "socialsecurityno", "socialinsurancenumber")
	add(iban, false, "iban", "bankaccount", "bankaccountnumber", "accountnumber", "accountno", "acctnumber", "routingnumber", "kontonummer")
	add(awsAccount, false, "awsaccountid", "awsaccount", "awsaccountnumber")
	add(name, false, "firstname", "lastname", "fullname", "middlename", "givenname", "familyname", "surname", "maidenname", "legalname", "personname", "patientname",
		"customername", "contactname", "contactperson", "emergencycontact", "nextofkin", "cardholdername", "cardholder", "nameoncard", "employeename", "recipientname", "guestname", "mothersmaidenname", "nickname", "forename", "vorname", "nachname")
	add(name, true, "fname", "lname")
	add(user, false, "username", "userlogin", "loginname")
	add(birthDate, false, "dateofbirth", "birthdate", "birthday", "dob", "birthyear", "geburtsdatum", "dateofbirthday")
	add(birthDate, true, "born", "bday")
	add(address, false, "homeaddress", "streetaddress", "billingaddress", "shippingaddress", "mailingaddress", "postaladdress", "residentialaddress", "deliveryaddress",
		"addressline", "addressline1", "addressline2", "address1", "address2", "zipcode", "postalcode", "postcode", "streetname", "physicaladdress", "workaddress", "customeraddress", "useraddress")
	add(address, true, "address", "street", "street1", "street2", "zip")
	add(document, false, "passport", "passportnumber", "passportno", "driverslicense", "driverlicense", "driverslicensenumber", "driverlicensenumber", "drivinglicense", "drivinglicence",
		"licensenumber", "nationalid", "nationalidnumber", "nationalinsurancenumber", "taxid", "taxpayerid", "idcard", "idcardnumber", "identitycard", "nino", "aadhaar", "aadhaarnumber", "personalnumber",
		"medicalrecordnumber", "mrn", "healthinsurancenumber", "insurancenumber", "nhsnumber", "licenseplate")
	add(userID, false, "userid", "accountid", "customerid", "personid", "patientid", "employeeid", "memberid", "accountuuid", "useruuid")
	return m
}()

// An ending says what names of keys that end in two letters are like: it
// spares most look-ups.
type ending struct {
	lengths uint32 // bits
	firsts  uint32 // the first letters, as bits
}

var keyEnds = func() (t [26 * 26]ending) {
	for k := range keys {
		if i, ok := lastTwo(k[len(k)-2], k[len(k)-1]); ok {
			t[i].lengths |= 1 << len(k)
			t[i].firsts |= 1 << (k[0] - 'a')
		}
	}
	return t
}()

// lastTwo returns the index of two letters in keyEnds.
func lastTwo(a, b byte) (int, bool) {
	a, b = a|0x20-'a', b|0x20-'a'
	return int(a)*26 + int(b), a < 26 && b < 26
}

// longestKey is how much of the end of a key counts, in bytes.
const longestKey = 31

// ruleOf returns the rule for a key.
func ruleOf(key []byte) (keyRule, bool) {
	n := len(key)
	if n < 2 || n > 128 {
		return keyRule{}, false
	}
	end := ending{^uint32(0), ^uint32(0)}
	if i, ok := lastTwo(key[n-2], key[n-1]); ok {
		end = keyEnds[i]
	} else if b := key[n-1]; b != '1' && b != '2' && b != '4' {
		return keyRule{}, false // address2, ssn_last4
	}
	if end.lengths == 0 {
		return keyRule{}, false
	}
	// The letters from the back, and where words begin among them.
	var room [longestKey]byte
	k := len(room)
	var starts [8]int
	words := 0
	for i := n - 1; i >= 0 && k > 0 && words < len(starts); i-- {
		c := key[i]
		if !isLetter(c) && class[c]&isDigit == 0 {
			if c >= 0x80 {
				break
			}
			continue
		}
		k--
		room[k] = c | 0x20
		if class[c]&isDigit != 0 {
			room[k] = c
		}
		if i == 0 || !isLetter(key[i-1]) && class[key[i-1]]&isDigit == 0 || isUpper(c) && !isUpper(key[i-1]) ||
			isUpper(c) && i+1 < n && isLetter(key[i+1]) && !isUpper(key[i+1]) {
			starts[words] = k
			words++
			if end.lengths>>(len(room)-k)&1 == 0 || end.firsts>>(room[k]-'a')&1 == 0 {
				continue
			}
			if r, ok := keys[string(room[k:])]; ok && (!r.whole || onlyFillers(key[:i])) {
				// The longest name counts: accountNumber, bankAccountNumber.
				return longer(key, i, r), true
			}
		}
	}
	return keyRule{}, false
}

// longer looks for a rule that the words before make more precise: the
// account_id of AWS.
func longer(key []byte, i int, r keyRule) keyRule {
	if r.kind == userID || r.kind == iban {
		if p := bytes.TrimRight(key[:i], "_-. "); len(p) >= 3 && hasFold(p[len(p)-3:], "aws") {
			return keyRule{kind: awsAccount}
		}
	}
	return r
}

func onlyFillers(b []byte) bool {
	for _, c := range b {
		if class[c]&isWord != 0 && c != '_' {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// outerKeys is how many keys above a value may say what it is.
const outerKeys = 3

// keyed returns the kind of personal data that a value is by the key it stands
// under, or, in an object or array, by the key of that.
func (m *Masker) keyed(text []byte, at *scrub.Place) kind {
	if at.Kind != scrub.String && at.Kind != scrub.Number || len(at.Key) == 0 {
		return none
	}
	if len(at.Pair) > 0 {
		if r, ok := ruleOf(at.Pair); ok && m.on[r.kind] && fits(r, text, at.Kind == scrub.Number) {
			return r.kind
		}
	}
	if r, ok := ruleOf(at.Key); ok {
		if m.on[r.kind] && fits(r, text, at.Kind == scrub.Number) {
			return r.kind
		}
		return none
	}
	if string(at.Key) == "user" {
		// The one who ran the agent.
		if m.on[user] && at.Event != nil && at.Event.Is("session_start", "session_summary") && string(at.Outer(1)) == "data" && isLogin(text) {
			return user
		}
		return none
	}
	for n := 1; n <= outerKeys; n++ {
		key := at.Outer(n)
		if len(key) == 0 {
			return none
		}
		if schemaWord(at.Key) {
			return none
		}
		if r, ok := ruleOf(key); ok {
			if m.on[r.kind] && fits(r, text, at.Kind == scrub.Number) {
				return r.kind
			}
			return none
		}
	}
	return none
}

// schemaWord reports whether a key below that of a person's data describes the
// data and does not hold it, as in a JSON schema.
func schemaWord(key []byte) bool {
	switch string(key) {
	case "type", "description", "format", "pattern", "title", "required", "enum", "minLength", "maxLength", "$ref", "label", "placeholder",
		"readOnly", "nullable", "unique", "message", "code", "error", "status", "widget", "component", "field", "properties", "anyOf", "items":
		return true
	}
	return false
}

// fits reports whether a value may be data of its kind and is not a word in
// its place: the name of a type, a variable, a sentence about it.
func fits(r keyRule, v []byte, number bool) bool {
	v = bytes.TrimSpace(v)
	n := len(v)
	if n == 0 || !number && placeholder(v) {
		return false
	}
	if m := scrub.MarkerAt(v); m == n || m > 0 && v[m] == '@' {
		return false // done before, perhaps with the domain kept
	}
	d, letters := 0, 0
	for _, c := range v {
		if class[c]&isDigit != 0 {
			d++
		} else if isLetter(c) {
			letters++
		}
	}
	if bytes.IndexByte(v, '\\') >= 0 && r.kind != address {
		return false
	}
	switch r.kind {
	case email:
		return n <= 320*4 && (bytes.IndexByte(v, '@') > 0 || bytes.Contains(v, []byte("%40")) || bytes.Contains(v, []byte(" at ")) && bytes.Contains(v, []byte(" dot ")))
	case phone:
		return d >= 5 && d <= 20 && n <= 40 && letters <= 10
	case card:
		return r.code && d == n && (n == 3 || n == 4) || !r.code && d >= 12 && n <= 32
	case ssn:
		return d >= 4 && n <= 16
	case iban:
		return d >= 5 && n <= 48
	case awsAccount:
		return d == 12 && n <= 14
	case birthDate:
		return d >= 2 && n <= 40 && bytes.IndexByte(v, '(') < 0
	case name:
		return !number && n >= 2 && n <= 100 && hasLetter(v) && !code(v)
	case user:
		return !number && isLogin(v)
	case address:
		if number {
			return d >= 4 && d <= 9 // a postal code
		}
		return n >= 4 && n <= 300 && !code(v) && (bytes.IndexByte(v, ' ') > 0 && (d > 0 || hasLetter(v)) || d >= 4 && n <= 10 && bytes.IndexByte(v, '.') < 0 && bytes.IndexByte(v, ':') < 0 || d > 0 && n <= 8 && hasLetter(v) && v[0] != '0' && v[0] != '/')
	case document:
		return d >= 4 && n <= 40 && !code(v)
	case userID:
		return n > 1 && n <= 200 && !code(v) && bytes.IndexByte(v, ' ') < 0
	}
	return false
}

// placeholder reports whether v stands for a value.
func placeholder(v []byte) bool {
	if len(v) > 24 {
		return v[0] == '$' || v[0] == '{' || v[0] == '<' || v[0] == '%'
	}
	switch v[0] {
	case '$', '{', '<', '%', '*':
		return true
	}
	var room [24]byte
	switch string(lower(room[:0], v)) {
	case "string", "str", "text", "varchar", "integer", "int", "number", "float", "boolean", "bool", "object", "array", "null", "none", "nil", "undefined",
		"true", "false", "n/a", "na", "unknown", "required", "optional", "email", "phone", "name", "first name", "last name", "full name", "address",
		"date", "datetime", "uuid", "any", "redacted", "masked", "hidden", "anonymous", "example", "todo", "tbd", "default", "test", "xxx", "yyyy-mm-dd",
		"username", "user_id", "id", "admin", "first_name", "last_name", "full_name", "string?", "string|null", "textfield", "charfield":
		return true
	}
	return false
}

func hasLetter(b []byte) bool {
	for _, c := range b {
		if isLetter(c) || c >= 0x80 {
			return true
		}
	}
	return false
}

// code reports whether v looks like source code, a path or an address of a
// machine.
func code(v []byte) bool {
	for i, c := range v {
		switch c {
		case '{', '}', '<', '>', ';', '=', '$', '|', '`', '\\', '[', ']', '\n', '@', '^':
			return true
		case '(':
			if i > 0 && v[i-1] != ' ' {
				return true
			}
		case ':', '/':
			if i == 0 || i+1 < len(v) && v[i+1] != ' ' && class[v[i+1]]&isDigit == 0 {
				return true
			}
		}
	}
	return hasFold(v, "0x")
}

// isLogin reports whether v may be the login of a person.
func isLogin(v []byte) bool {
	if len(v) < 2 || len(v) > 32 || !isLetter(v[0]) {
		return false
	}
	for _, c := range v {
		if class[c]&isWord == 0 && c != '.' && c != '-' {
			return false
		}
	}
	return !common(v)
}
