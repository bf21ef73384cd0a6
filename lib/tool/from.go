package tool

import (
	"path"
	"strings"
)

// From returns a path that the command names as it is seen from where its line
// starts: cd sub && cat x reads sub/x. It is returned as it is if the command may
// run in several directories, or in one that is not known.
func (c *Command) From(name string) string {
	switch {
	case len(c.Dirs) != 1 || c.Dirs[0] == "" || c.Doubt&DoubtDir != 0 || c.Remote:
		return name
	case name == "" || strings.Contains("/~$`", name[:1]) || len(name) > 1 && name[1] == ':' || strings.Contains(name, "://"):
		return name
	}
	return path.Join(c.Dirs[0], name)
}
