package mask

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// What a number is, the words before it often say.

// Classes of words.
const (
	aFiller    = 1 << iota // stands between the word that counts and the number
	aPhone                 // a phone number follows, whatever it looks like
	aCall                  // a phone number follows if it looks like one
	aCard                  // a payment card
	aSSN                   // a social security number
	anIBAN                 // a bank account
	anAccount              // an account
	anAmazon               // AWS
	aCount                 // a number that is none of these: a version, a size
	aSecurity              // "social" before "security"
	aIPVersion             // a version number follows, no address
)

// words are in lower case.
var words = func() map[string]uint16 {
	m := map[string]uint16{}
	for class, list := range map[uint16][]string{
		aFiller: {"number", "numbers", "no", "nr", "num", "nummer", "is", "was", "at", "on", "my", "me", "us", "to", "the", "her", "his",
			"our", "your", "their", "for", "home", "work", "office", "direct", "business", "private", "day", "evening", "main", "primary", "secondary",
			"personal", "customer", "user", "contact", "emergency", "via", "or", "and", "be", "ext", "de", "a", "am", "du", "le", "der", "die", "das", "unter",
			"mi", "mon", "meine", "mein", "please", "it", "value", "s", "x", "u", "new", "old", "them", "him", "back", "now", "line", "auf", "al", "au", "à", "o",
			"área", "nº", "id", "号码", "番号", "号", "intl", "international", "uk", "eu", "app"},
		aPhone: {"phone", "phones", "telephone", "telephones", "tel", "tele", "teleph", "mobile", "mob", "mobil", "mobiltelefon", "cellphone", "fax", "telefax", "whatsapp", "whats",
			"hotline", "landline", "handynummer", "handy", "telefon", "telefono", "telefone", "teléfono", "téléphone", "telefoon", "telefonnummer",
			"telefoonnummer", "rufnummer", "mobilnummer", "mobilfunk", "celular", "móvil", "movil", "telemóvel", "telemovel", "tlf", "tél", "teléf", "msisdn", "cellulare",
			"gsm", "sms", "ph", "pager", "puhelin", "telefonszám", "тел", "телефон", "моб", "电话", "手机", "電話", "電話番号", "携帯", "手機", "手机号", "手机号码", "联系电话", "电话号码", "전화", "전화번호", "휴대폰", "हाथ", "هاتف"},
		aCall: {"call", "calls", "called", "calling", "dial", "dialed", "ring", "text", "texted", "reach", "cell", "contact", "contacts", "appelez", "appeler", "anrufen", "llame", "llamar", "ligue", "chiamare", "telegram", "viber", "imessage", "facetime", "portable", "natel"},
		aCard: {"card", "cards", "visa", "mastercard", "amex", "maestro", "cc", "ccn", "credit", "debit", "discover", "diners", "jcb", "unionpay",
			"pan", "karte", "kreditkarte", "carte", "tarjeta", "cartão", "carta", "cardnumber", "creditcard", "rupay", "mir"},
		aSSN:       {"ssn", "ssns", "socialsecurity", "ss", "itin", "tin", "taxpayer"},
		anIBAN:     {"iban", "ibans", "konto", "kontonummer", "compte", "cuenta"},
		anAccount:  {"account", "accounts", "accountid", "acct", "owner", "ownerid"},
		anAmazon:   {"aws", "amazon", "arn", "iam", "ecr", "sts"},
		aSecurity:  {"security"},
		aIPVersion: {"version", "versions", "ver", "v", "release", "build", "oid", "rev", "section", "sections", "chapter", "paragraph", "clause"},
		aCount: {"row", "rows", "col", "cols", "column", "columns", "size", "sizes", "lines", "port", "ports", "pid", "pids", "ids", "uid", "gid", "uuid", "guid",
			"commit", "revision", "order", "orders", "invoice", "ticket", "issue", "issues", "pr", "page", "pages", "range", "ranges", "bytes", "byte", "seed", "ms", "ns", "us", "sec", "secs", "seconds", "time",
			"timestamp", "date", "part", "sku", "serial", "isbn", "issn", "doi", "rfc", "offset", "offsets", "addr", "dims", "dim", "shape", "resolution",
			"total", "count", "sum", "max", "min", "avg", "mean", "hash", "checksum", "crc", "epoch", "step", "iter", "score", "price", "amount",
			"snowflake", "imei", "upc", "ean", "token", "tokens", "pixels", "px", "width", "height", "tag", "kernel", "chrome", "chromium", "safari", "model", "index", "key", "keys", "values", "case", "cases", "test", "tests", "chapter", "section"},
	} {
		for _, w := range list {
			m[w] |= class
		}
	}
	return m
}()

// A context is what the words before a number say.
type context struct {
	tight uint16 // classes of the words before it, only fillers between
	loose uint16 // classes of the last words before it
	count bool   // the last word that counts is of aCount or aIPVersion
	any   bool   // there is a word before it on its line
}

// How far back context looks.
const (
	contextBytes = 56
	contextWords = 6
)

// before looks at the words before text[i], on the same line.
func (s *scan) before(i int) context {
	var c context
	t := s.text
	low := max(0, i-contextBytes)
	if s.line && escaped(t, low-6*8, i) {
		// Words that are written in escapes: the decoded text will tell.
		return context{tight: ^uint16(0), loose: ^uint16(0), any: true}
	}
	tight := true
	var room [32]byte
	numbered := false // the word after was "number"
	for n := 0; n < contextWords; {
		for i > low {
			if w := between(t[:i]); w == 0 {
				break
			} else if t[i-1] == '\n' || t[i-1] == '\r' || t[i-1] == ']' && endsMarker(t[:i]) {
				return c
			} else {
				i -= w
			}
		}
		if i <= low {
			return c
		}
		if class[t[i-1]]&isDigit != 0 {
			from := i
			for from > low && class[t[from-1]]&isDigit != 0 {
				from--
			}
			if i-from > 2 {
				tight = false
			}
			i = from
			continue
		}
		if i >= 2 && t[i-2] == '\\' {
			// An escape as it is written.
			switch t[i-1] {
			case 'n', 'r':
				return c
			case 't':
				i -= 2
				continue
			}
		}
		from := wordStart(t, i, low)
		w := lower(room[:0], t[from:i])
		cl := words[string(w)]
		if cl&aPhone != 0 && string(w) == "phone" && from > 0 && t[from-1] == 'i' {
			cl = 0 // iPhone
		}
		switch string(w) {
		case "my", "his", "her", "your", "their", "our":
			if numbered {
				cl |= aCall // my number is …
			}
		}
		numbered = string(w) == "number"
		n++
		c.any = true
		c.loose |= cl
		if tight {
			c.tight |= cl
			if cl&aFiller == 0 {
				c.count = cl&(aCount|aIPVersion) != 0
				// A label has two words at most: "social security", "card visa".
				tight = cl != 0 && cl&aCount == 0 && n < 4
			}
		}
		i = from
	}
	return c
}

// longestMarker is how far back the beginning of a replacement is looked for,
// in bytes.
const longestMarker = 80

// endsMarker reports whether b ends in a replacement: its words say nothing of
// what follows, or masking twice would be more than masking once.
func endsMarker(b []byte) bool {
	low := max(0, len(b)-longestMarker)
	k := bytes.LastIndexByte(b[low:], '[')
	return k >= 0 && scrub.MarkerAt(b[low+k:]) == len(b)-low-k
}

// between returns the length of the character at the end of b if it stands
// between words, else 0.
func between(b []byte) int {
	c := b[len(b)-1]
	switch {
	case class[c]&isWord == 0 || c == '_':
		return 1
	case c < 0x80:
		return 0
	}
	k := len(b) - 1
	for k > 0 && k > len(b)-4 && b[k]&0xc0 == 0x80 {
		k--
	}
	if outsideRune(b[k:]) {
		return len(b) - k
	}
	return 0
}

// wordStart returns where the word that ends at i begins: at a capital after
// small letters, as in phoneNumber, too.
func wordStart(t []byte, i, low int) int {
	upper := 'A' <= t[i-1] && t[i-1] <= 'Z'
	for end := i; i > low; {
		c := t[i-1]
		switch {
		case i < end && i >= 2 && t[i-2] == '\\' && (c == 'n' || c == 'r' || c == 't'):
			return i // the letter of an escape
		case class[c]&isDigit != 0 || between(t[:i]) > 0:
			return i
		case 'A' <= c && c <= 'Z':
			if !upper {
				return i - 1
			}
		case upper:
			return i
		}
		i--
	}
	return i
}

// lower appends b in lower case.
func lower(dst, b []byte) []byte {
	for _, c := range b {
		if c >= 0x80 {
			return append(dst, bytes.ToLower(b)...)
		}
	}
	for _, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 0x20
		}
		dst = append(dst, c)
	}
	return dst
}
