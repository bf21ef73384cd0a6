package redact

import "bytes"

// foreignWords are the words for password in scripts that have no blanks
// between words, so that they are no names of their own.
var foreignWords = []string{"密码", "密碼", "口令", "パスワード", "비밀번호"}

// foreignEscapes are what stands in them, and in the Russian word, where a line
// of JSON has its characters as escapes.
var foreignEscapes = []string{`5bc6\u7801`, `5bc6\u78bc`, `30b9\u30ef\u30fc\u30c9`, `ubc00\ubc88\ud638`, `0430\u0440\u043e\u043b\u044c`}

// foreignSigns stand between such a word and the password.
var foreignSigns = []string{" ", ":", "=", "：", "是", "为", "為", "は", "는", "은", "が", "「", "“", "`", "'", "\"", "**"}

// foreign finds the password after a word for it that ends at i.
func (s *search) foreign(i int) {
	b := s.text
	from, sign := i, false
	for n := 0; n < 6; n++ {
		k := 0
		for _, w := range foreignSigns {
			if bytes.HasPrefix(b[from:], []byte(w)) {
				k = len(w)
			}
		}
		if k == 0 {
			break
		}
		sign = sign || b[from] != ' '
		from += k
	}
	if !sign {
		return
	}
	if s.raw && at(b, from) == '\\' {
		s.hit = true
		return
	}
	to := from
	for to < len(b) && b[to] > ' ' && b[to] < 0x7f && bytes.IndexByte([]byte("\"'`,;\\"), b[to]) < 0 {
		to++
	}
	for to > from && (b[to-1] == '.' || b[to-1] == ')' || b[to-1] == '*') {
		to--
	}
	if v := b[from:to]; to > from && judge(aPassword, []byte("password"), v, inProse, 1) {
		s.add(from, to, aPassword.rule())
	}
}
