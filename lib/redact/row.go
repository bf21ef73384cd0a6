package redact

import "bytes"

// Where a name stands in the rows that programs print.

// tableCell reports whether a name is the content of a cell.
func tableCell(b []byte, from int) bool {
	i := from - 1
	for i >= 0 && (b[i] == ' ' || b[i] == '`' || b[i] == '*') {
		i--
	}
	return at(b, i) == '|' || i > 1 && string(b[i-2:i+1]) == "│"
}

// expanded reports whether a name at the beginning of a line is one of those
// that psql writes below the number of a record.
func expanded(b []byte, from int) bool {
	c := at(b, from-1)
	return (c == '\n' || c == 'n' && at(b, from-2) == '\\') && bytes.Contains(b[max(0, from-2048):from], []byte("-[ RECORD "))
}

// numbered returns where the value in quotes begins that follows the number of
// a line at b[i], as in 4) "…". It is 0 if there is none.
func numbered(b []byte, i int) int {
	j := i
	for isDigit(at(b, j)) {
		j++
	}
	if j == i || at(b, j) != ')' {
		return 0
	}
	j = blanks(b, j+1)
	if n, _, _ := opener(b, j); n == 0 {
		return 0
	}
	return j
}

// startsRow reports whether a line begins with the name.
func (p *pair) startsRow(b []byte) bool {
	i := nameStart(b, p.name) - 1
	return b[i] == '\n' || b[i] == 'n' && at(b, i-1) == '\\'
}
