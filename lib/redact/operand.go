package redact

import "bytes"

// operand adds the argument of a number, from 1 on, among those that are no
// options. It must look like a password: in prose and in manuals a word stands
// there.
func (s *search) operand(words []word, number int) {
	for _, w := range words {
		v := s.text[w.from:w.to]
		if len(v) == 0 || v[0] == '-' {
			continue
		}
		if number--; number > 0 {
			continue
		}
		t := traitsOf(v)
		if t.n >= 6 && !t.wordy() && !filePath(v, &t) && !address(v) && !version(v, &t) && bytes.IndexByte(v, '(') < 0 && (t.digits > 1 || t.signs > 0 || t.shuffled()) && (!identifier(v, &t) || t.digits > 0 && t.uppers > 1) {
			s.argument(w)
		}
		return
	}
}

// htpasswd finds the password in htpasswd -b FILE USER PASSWORD, or -nb USER
// PASSWORD.
func (s *search) htpasswd(words []word) {
	batch, file := false, 1
	var operands []word
	for _, w := range words {
		if v := s.text[w.from:w.to]; len(v) > 1 && v[0] == '-' {
			batch = batch || bytes.IndexByte(v, 'b') > 0
			if bytes.IndexByte(v, 'n') > 0 {
				file = 0
			}
			continue
		}
		operands = append(operands, w)
	}
	if batch && len(operands) > file+1 {
		s.argument(operands[file+1])
	}
}

// redisAuth finds the password in AUTH [USER] PASSWORD.
func (s *search) redisAuth(words []word) {
	if n := min(len(words), 2); n > 0 && len(words) <= 2 {
		s.argument(words[n-1])
	}
}

// setting finds the password in aws configure set NAME VALUE and the like,
// where the name says that it is one.
func (s *search) setting(words []word) {
	for k, w := range words {
		v := s.text[w.from:w.to]
		if len(v) == 0 || v[0] == '-' {
			continue
		}
		name := v[bytes.LastIndexAny(v, ":/")+1:]
		n := s.natureOf(name)
		if first, _, more := bytes.Cut(name, []byte(".")); n == noSecret && more {
			n = s.natureOf(first) // pypi-token.NAME
		}
		if k+1 < len(words) && n != noSecret && n != aConnect {
			next := words[k+1]
			if judge(n, name, s.text[next.from:next.to], inFlag, 0) {
				s.argument(next)
			}
		}
		return
	}
}

// netUse finds the password in net use DRIVE SHARE /user:NAME PASSWORD.
func (s *search) netUse(words []word) {
	for k, w := range words {
		if v := s.text[w.from:w.to]; len(v) > 6 && equalFold(v[:6], "/user:") && k+1 < len(words) {
			if v := s.text[words[k+1].from:words[k+1].to]; len(v) > 0 && v[0] != '/' {
				s.argument(words[k+1])
			}
		}
	}
}

// called finds the password in the arguments of a function, which begin at i:
// the last one, if that is a text in quotes that is no word.
func (s *search) called(i int) {
	b, start := s.text, i
	var last word
	for k := 0; k < 6; k++ {
		i = blanks(b, i)
		n, quote, slashes := opener(b, i)
		if n == 0 {
			return
		}
		end, closed := quotedEnd(b[:min(len(b), i+256)], i+n, quote, slashes)
		if !closed {
			return
		}
		last = word{i + n, end}
		if i = blanks(b, end+n); at(b, i) != ',' {
			break
		}
		i++
	}
	if v := s.text[last.from:last.to]; len(v) >= 4 && (at(b, i) == ')' || start > 0 && b[start-1] == ' ' && endsLine(b, i)) {
		if t := traitsOf(v); !t.wordy() && t.spaces == 0 && !address(v) && !pattern(v) && bytes.IndexByte(v, '@') < 0 {
			s.argument(last)
		}
	}
}

// assigned finds the value in NAME=value.
func (s *search) assigned(w word) {
	v := s.text[w.from:w.to]
	k := bytes.IndexByte(v, '=')
	if k <= 0 {
		return
	}
	w.from += k + 1
	if n, _, _ := opener(s.text, w.from); n > 0 {
		w.from += n
	}
	if v := s.text[min(w.from, w.to):w.to]; len(v) >= 4 {
		t := traitsOf(v)
		if t.wordy() && t.n < 8 || version(v, &t) {
			return
		}
		s.argument(w)
	}
}

// echoed finds the password in echo PASSWORD | program, whose name is at i.
func (s *search) echoed(i int) {
	b := s.text
	from := i
	for from > 0 && i-from < 512 && b[from-1] != '\n' && !(b[from-1] == 'n' && at(b, from-2) == '\\') {
		from--
	}
	line := b[from:i]
	if k := bytes.Index(b[i:min(len(b), i+64)], []byte("<<<")); k >= 0 {
		for _, w := range s.words(i+k+3, 1) {
			s.argument(w)
		}
	}
	k := bytes.LastIndex(line, []byte("echo "))
	n := 5
	if p := bytes.LastIndex(line, []byte("printf ")); p > k {
		k, n = p, 7
	}
	if k < 0 || bytes.IndexByte(line[k:], '|') < 0 && b[i] != '|' {
		return
	}
	for _, w := range s.words(from+k+n, 4) {
		if v := b[w.from:w.to]; len(v) > 0 && (v[0] == '-' || v[0] == '%' && len(v) < 5) {
			continue
		}
		if c := bytes.IndexByte(b[w.from:w.to], ':'); c > 0 {
			w.from += c + 1
		}
		s.argument(w)
		return
	}
}
