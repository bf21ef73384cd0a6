package shadow

import (
	"strings"
)

// person reports which agent a name and an address are of: -1 if none. A name
// that people have too, such as Claude, counts only where the address is not a
// person's.
func (s *Scanner) person(name, mail string) int {
	name, mail = lower(strings.TrimSpace(name)), lower(strings.TrimSpace(mail))
	for i := range agents {
		for _, m := range agents[i].Mails {
			if rest, ok := strings.CutPrefix(m, "*"); ok && strings.HasSuffix(mail, rest) || m == mail || m[0] == '@' && strings.HasSuffix(mail, m) {
				return i
			}
		}
	}
	for i := range agents {
		a := &agents[i]
		for _, n := range a.Names {
			begin, open := strings.CutSuffix(n, "*")
			if n == name && (strings.ContainsAny(n, " -[") || machine(mail)) || open && strings.HasPrefix(name, begin) {
				return i
			}
		}
	}
	// Aider adds itself to the name of the person whom it works for.
	if strings.HasSuffix(name, " (aider)") {
		return s.id["aider"]
	}
	return -1
}

// machine reports whether an address is none that a person reads.
func machine(mail string) bool {
	return mail == "" || strings.Contains(mail, "noreply") || strings.Contains(mail, "no-reply") || strings.Contains(mail, "[bot]") ||
		strings.HasPrefix(mail, "bot@") || strings.HasPrefix(mail, "agent@") || strings.HasPrefix(mail, "ai@") || !strings.Contains(mail, "@")
}

// personTrailers are the trailers whose value is who helped.
var personTrailers = map[string]bool{"co-authored-by": true, "co-author": true, "coauthored-by": true, "co-developed-by": true, "signed-off-by": true,
	"authored-by": true, "reviewed-by": true, "committed-by": true, "on-behalf-of": true}

// toolTrailers are those whose value is a tool.
var toolTrailers = map[string]bool{"generated-by": true, "assisted-by": true, "ai-assisted-by": true, "generated-with": true, "created-by": true, "made-with": true,
	"ai-assistant": true, "ai-tool": true, "ai-agent": true, "ai-generated-by": true, "written-by": true, "suggested-by": true, "agent": true, "model": true, "ai": true, "ai-model": true, "tool": true}

// maxLine is how much of a line of a message is looked at, in bytes.
const maxLine = 2000

// message calls found for each agent that a message of a commit names, with
// the line that does. trailer is false for a phrase.
func (s *Scanner) message(msg string, found func(agent int, line string, trailer bool)) {
	for line := range strings.SplitSeq(msg, "\n") {
		line = strings.TrimSpace(line[:min(len(line), maxLine)])
		if line == "" {
			continue
		}
		low := lower(line)
		if key, value, ok := strings.Cut(low, ":"); ok && len(key) <= 40 {
			key, value = strings.ReplaceAll(strings.TrimSpace(key), " ", "-"), strings.TrimSpace(value)
			switch {
			case personTrailers[key]:
				if i := s.trailerPerson(value); i >= 0 {
					found(i, line, true)
				}
				continue
			case toolTrailers[key]:
				if i := s.tool(value); i >= 0 {
					found(i, line, true)
					continue
				}
			case s.trailers[key] > 0:
				found(s.trailers[key]-1, line, true)
				continue
			}
		}
		if !s.anyWord(low) {
			continue
		}
		for i := range agents {
			for _, w := range agents[i].Words {
				if claims(low, line, w) {
					found(i, line, false)
					break
				}
			}
		}
	}
}

// trailerPerson reads "name <address>".
func (s *Scanner) trailerPerson(value string) int {
	name, mail := value, ""
	if at := strings.LastIndexByte(value, '<'); at >= 0 {
		name = value[:at]
		mail, _, _ = strings.Cut(value[at+1:], ">")
	}
	return s.person(strings.Trim(name, ` "'`), mail)
}

// tool returns the agent that the value of a trailer names.
func (s *Scanner) tool(value string) int {
	if i := s.trailerPerson(value); i >= 0 {
		return i
	}
	value = strings.TrimLeft(value, `["'`)
	for i := range agents {
		for _, w := range agents[i].Words {
			if at := word(value, w, 0); at == 0 {
				return i
			}
		}
	}
	return -1
}

// hints are what every phrase that claims has in it. They decide the speed.
var hints = []string{"generat", "creat", "writ", "author", "suggest", "assist", "implement", "built", "made", "with", "by", "using", "via", "claude-code", "claude.ai", "claude code"}

func (s *Scanner) anyWord(low string) bool {
	for _, h := range hints {
		if strings.Contains(low, h) {
			return true
		}
	}
	return strings.Contains(low, "cursor") || strings.Contains(low, "copilot")
}

// verbs and links make a phrase: generated with, written by, assisted by.
var verbs = map[string]bool{"generated": true, "created": true, "written": true, "authored": true, "co-authored": true, "coauthored": true, "suggested": true,
	"assisted": true, "implemented": true, "built": true, "made": true, "produced": true, "drafted": true, "coded": true, "refactored": true, "ai-generated": true,
	"vibe-coded": true, "committed": true, "pair-programmed": true, "pair-programming": true, "paired": true, "developed": true, "help": true, "assistance": true}

var links = map[string]bool{"with": true, "by": true, "using": true, "via": true, "from": true, "of": true}

// after are words that make a phrase behind the name: cursor generated.
var after = map[string]bool{"generated": true, "suggested": true, "suggestion": true, "suggestions": true, "ai": true, "authored": true, "assisted": true, "wrote": true, "written": true, "session": true}

// spoken are words with which the name of an agent that is also a name of
// people goes on as that of the agent.
var spoken = map[string]bool{"code": true, "opus": true, "sonnet": true, "haiku": true, "ai": true, "agent": true, "fable": true, "mythos": true}

// claims reports whether a line says that something was made with w: after a
// verb and a link ("generated with [Claude Code]"), or before a word such as
// "generated". low is the line in small letters.
func claims(low, line, w string) bool {
	for at := word(low, w, 0); at >= 0; at = word(low, w, at+1) {
		end := at + len(w)
		if w == "claude-code" || w == "claude.ai/code" {
			return true
		}
		next, capital := follow(line, end)
		if after[next] && w != "claude" {
			return true
		}
		switch w {
		case "cursor", "crush", "goose", "gemini": // words of everyday
			if next != "" && next != "agent" && next != "cli" || line[at] == low[at] {
				continue
			}
		case "openai", "gpt-4", "gpt-5": // also libraries and what they call
			if !strings.Contains(low[:at], "generated by ") && !strings.Contains(low[:at], "generated with ") {
				continue
			}
		}
		// A person's name goes on with a family name: Claude Monet.
		if w == "claude" && (next != "" && capital && !spoken[next]) {
			continue
		}
		before := strings.FieldsFunc(low[max(0, at-80):at], func(r rune) bool { return !letter(r) && r != '-' && r != '\'' })
		for len(before) > 0 {
			switch last := before[len(before)-1]; last {
			case "the", "a", "help", "of", "from", "openai", "anthropic", "google", "github", "my", "our":
				before = before[:len(before)-1]
				if last == "help" {
					return true
				}
				continue
			}
			break
		}
		n := len(before)
		if n >= 2 && links[before[n-1]] && (verbs[before[n-2]] || n >= 3 && verbs[before[n-3]] && before[n-2] != "and") {
			return true
		}
		if n >= 1 && (before[n-1] == "using" || before[n-1] == "via") && strings.HasPrefix(strings.TrimSpace(low), before[n-1]) {
			return true
		}
		if strings.Contains(line[:at], "🤖") {
			return true
		}
	}
	return false
}

// word returns the index of w in s as a word of its own, from i on: -1 if it is
// not there.
func word(s, w string, from int) int {
	for from < len(s) {
		k := strings.Index(s[from:], w)
		if k < 0 {
			return -1
		}
		at := from + k
		if (at == 0 || !joins(s[at-1])) && (at+len(w) == len(s) || !joins(s[at+len(w)])) {
			return at
		}
		from = at + 1
	}
	return -1
}

// joins reports whether a byte beside a name makes it part of a longer word.
func joins(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= 0x80
}

func letter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '.' || r > 0x7f && r != '🤖'
}

// follow returns the word that follows at a space, in small letters, and
// whether it begins with a capital.
func follow(line string, at int) (next string, capital bool) {
	rest := strings.TrimLeft(line[at:], " -")
	if len(rest) == len(line[at:]) {
		return "", false
	}
	n := 0
	for n < len(rest) && joins(rest[n]) {
		n++
	}
	return lower(rest[:n]), n > 0 && 'A' <= rest[0] && rest[0] <= 'Z'
}
