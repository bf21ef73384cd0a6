package redact

import "bytes"

// Names and values in XML, in HTML and in what looks like them.

// element is the pair of an XML element: its text.
func (p *pair) element(b []byte, i int) (pair, bool) {
	if n := newline(b, i); n > 0 {
		i = blanks(b, i+n)
	}
	if len(b)-i > 16 && equalFold(b[i:i+7], "<value>") {
		i += len("<value>")
	}
	if bytes.HasPrefix(b[i:], []byte("<![CDATA[")) {
		i += len("<![CDATA[")
		if k := bytes.Index(b[i:min(len(b), i+1024)], []byte("]]>")); k > 0 {
			p.from, p.to, p.at = i, i+k, inQuotes
			return *p, true
		}
		return *p, false
	}
	j := i
	for j < len(b) && b[j] != '<' && newline(b, j) == 0 && j-i < 1024 {
		j++
	}
	end := j
	if n := newline(b, j); n > 0 {
		if j = blanks(b, j+n); at(b, j) != '<' {
			return *p, false
		}
	}
	if _, closes := slashes(b, j+1); at(b, j) != '<' || !closes || j == i { // </ may be written as <\/
		return *p, false
	}
	p.from, p.to, p.at = i, end, inQuotes
	return *p, end > i
}

// sibling returns where the text of the element begins that gives the value of
// a name in the element before it: the name ends at the tag at b[i], as in
// <name>db.password</name><value>…. It is 0 if there is none.
func sibling(b []byte, i int) int {
	i, closes := slashes(b, i+1)
	if !closes || len(b)-i < 12 || !equalFold(b[i+1:i+5], "name") && !equalFold(b[i+1:i+4], "key") {
		return 0
	}
	k := bytes.IndexByte(b[i:i+8], '>')
	if k < 0 {
		return 0
	}
	i = blanks(b, i+k+1)
	for n := newline(b, i); n > 0; n = newline(b, i) {
		i = blanks(b, i+n)
	}
	if i = blanks(b, i); len(b)-i < 8 || !equalFold(b[i:i+7], "<value>") {
		return 0
	}
	return i + len("<value>")
}

// plist returns where the text of the string begins that follows a key in a
// property list: </key><string>…. It is 0 if there is none.
func plist(b []byte, i int) int {
	i, closes := slashes(b, i+1)
	if !closes || !bytes.HasPrefix(b[i:], []byte("/key>")) {
		return 0
	}
	i += 5
	for n := newline(b, i); n > 0; n = newline(b, i) {
		i = blanks(b, i+n)
	}
	if i = blanks(b, i); !bytes.HasPrefix(b[i:], []byte("<string>")) {
		return 0
	}
	return i + len("<string>")
}

// htmlQuoted returns where the value begins that follows the quote at b[i] in
// HTML: &quot;:&quot;…. It is 0 if there is none.
func htmlQuoted(b []byte, i int) int {
	const quote = "&quot;"
	if !bytes.HasPrefix(b[i:], []byte(quote)) {
		return 0
	}
	i += len(quote)
	if c := at(b, i); c != ':' && c != '=' {
		return 0
	}
	i = blanks(b, i+1)
	if !bytes.HasPrefix(b[i:], []byte(quote)) {
		return 0
	}
	return i + len(quote)
}

// beside returns where the value begins in "name" value="…", and in
// "name","value":"…": at b[i] stands what follows the name. It returns 0 if
// something else stands there.
func beside(b []byte, i int) int {
	if at(b, i) == ',' {
		i = blanks(b, i+1)
	}
	n, _, _ := opener(b, i)
	i += n
	switch {
	case len(b)-i < 9:
		return 0
	case equalFold(b[i:i+5], "value"):
		i += 5
	case equalFold(b[i:i+7], "content"):
		i += 7
	default:
		return 0
	}
	n, _, _ = opener(b, i)
	if i = blanks(b, i+n); at(b, i) != '=' && at(b, i) != ':' {
		return 0
	}
	if i = blanks(b, i+1); i < len(b) {
		if n, _, _ := opener(b, i); n > 0 {
			return i
		}
	}
	return 0
}
