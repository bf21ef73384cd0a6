package policy

import "testing"

// TestWholeDirectories checks patterns that name the directory that they are
// taken from. In a deny list they deny all that is in it; the working directory
// is not in those above it, see "What a policy means".
func TestWholeDirectories(t *testing.T) {
	ctx := Context{Root: "/home/u/proj", Home: "/home/u"}
	paths := []string{"/etc/passwd", "/home/u/.ssh/id", "/home/u/proj/a/b", "/"}
	for _, tt := range []struct {
		text string
		want [4]bool // of paths
	}{
		{"/", [4]bool{true, true, false, true}},
		{"/**", [4]bool{true, true, true, true}},
		{"~", [4]bool{false, true, false, false}},
		{"~/", [4]bool{false, true, false, false}},
		{"$HOME/", [4]bool{false, true, false, false}},
		{".", [4]bool{false, false, true, false}},
		{"./", [4]bool{false, false, true, false}},
		{"..", [4]bool{false, true, false, false}},
		{"../", [4]bool{false, true, false, false}},
		{"/home/u", [4]bool{false, true, false, false}},
	} {
		p, wrong := ParsePattern(tt.text)
		if wrong != "" {
			t.Errorf("%s %s", tt.text, wrong)
			continue
		}
		for i, path := range paths {
			if got := p.denies(ctx.place(path), &ctx); got != tt.want[i] {
				t.Errorf("%q denies %s: %v; want %v", tt.text, path, got, tt.want[i])
			}
		}
	}
	// In an allow list they are the directory itself.
	for text, path := range map[string]string{"/": "/", "~": "/home/u", "~/": "/home/u", ".": "/home/u/proj", "./": "/home/u/proj"} {
		p, _ := ParsePattern(text)
		if !p.allows(ctx.place(path), &ctx) || p.allows(ctx.place("/etc/x"), &ctx) || p.allows(ctx.place("/home/u/proj/x"), &ctx) {
			t.Errorf("%q as a pattern of an allow list", text)
		}
	}
}
