package tool

import "testing"

func TestFrom(t *testing.T) {
	for line, want := range map[string]string{
		"echo x > a":                                 "a",
		"cd sub && echo x > a":                       "sub/a",
		"cd /p/sub && echo x > ../a":                 "/p/a",
		"cd sub; cd ..; echo x > a":                  "a",
		"cd sub && echo x > /a":                      "/a",
		"cd sub && echo x > ~/a":                     "~/a",
		"cd sub && echo x > $A/a":                    "$A/a",
		"(cd sub); echo x > a":                       "a",
		"cd $D && echo x > a":                        "a",
		"if y; then cd b; fi; echo x > a":            "a",
		"pushd sub/deep && echo x > a && popd":       "sub/deep/a",
		"cd sub && echo x > 'with a blank'":          "sub/with a blank",
		"cd 'two words' && printf x > a":             "two words/a",
		"cd sub && curl -o a http://x/y 2>/dev/null": "sub/a",
	} {
		got := ""
		for _, c := range Commands(line) {
			for _, w := range c.Writes {
				if w != "/dev/null" {
					got = c.From(w)
				}
			}
		}
		if got != want {
			t.Errorf("%s writes %q, want %q", line, got, want)
		}
	}
}
