package tool

import (
	"path"
	"slices"
	"strings"
)

// args notes the words of a command.
func (c *command) args(words []word) {
	layer := make([]string, len(words))
	for i, x := range words {
		layer[i] = x.text
	}
	c.Layers = append(slices.Clip(c.Layers), layer)
	if len(layer) > 1 {
		c.Args = layer[1:]
	}
}

// through adds a program that is looked through.
func (c *command) through(name string, words []word) {
	c.Via = append(slices.Clip(c.Via), name)
	layer := make([]string, len(words))
	for i, x := range words {
		layer[i] = x.text
	}
	c.Layers = append(slices.Clip(c.Layers), layer)
}

// base returns the name of a program without its directory, and without the
// ending that it has on Windows.
func base(name string) string {
	if strings.IndexByte(name, '/') >= 0 {
		name = path.Base(name)
	}
	if n := len(name) - len(".exe"); n > 0 && strings.EqualFold(name[n:], ".exe") {
		name = name[:n]
	}
	return name
}
