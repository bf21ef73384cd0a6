package mask

import "bytes"

// Domain returns the @ of an e-mail address and what follows it, "" if found
// is not one address.
func Domain(found []byte) string {
	i := bytes.LastIndexByte(found, '@')
	if i <= 0 || i+2 >= len(found) || bytes.IndexByte(found, '<') >= 0 {
		return ""
	}
	if end, ok := domainEnd(found, i+1); !ok || end != len(found) {
		return ""
	}
	return string(found[i:])
}

// minKeep is how many digits and letters a number must have for four of them
// to be kept.
const minKeep = 9

// Last4 returns the last four digits or letters, in lower case, of what was
// found as a phone number, a card, a social security number or an account; ""
// of anything else.
func Last4(rule string, found []byte) string {
	switch k, _ := kindNamed(rule); k {
	case phone, card, ssn, iban, awsAccount:
	default:
		return ""
	}
	var kept []byte
	for _, c := range found {
		if class[c]&isWord != 0 && c < 0x80 && c != '_' {
			kept = append(kept, c)
		}
	}
	if len(kept) < minKeep {
		return ""
	}
	return string(lower(nil, kept[len(kept)-4:]))
}
