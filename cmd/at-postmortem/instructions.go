package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/postmortem"
)

// given reads the files that are named on the command line.
func (o *options) given() (list []*postmortem.Instruction, err error) {
	for _, name := range o.instructions {
		data, err := cli.ReadConfig(name)
		if err != nil {
			return nil, fmt.Errorf("cannot read the instructions: %w", err)
		}
		list = append(list, postmortem.ParseInstructions(name, string(data))...)
	}
	return list, nil
}

// found returns the instructions in the directory of a session, as its commit
// has them, else as they are now.
func found(cwd, commit string) (list []*postmortem.Instruction) {
	if !filepath.IsAbs(cwd) || !cli.IsDir(cwd) {
		return nil
	}
	for _, name := range postmortem.Files {
		text, ok := committed(cwd, commit, name)
		if !ok {
			data, err := cli.ReadConfig(filepath.Join(cwd, name))
			if err != nil {
				continue
			}
			text = string(data)
		}
		list = append(list, postmortem.ParseInstructions(name, text)...)
	}
	return list
}

// committed returns a file as it is in a commit of the repository at a
// directory.
func committed(dir, commit, name string) (string, bool) {
	if len(commit) < 7 || strings.Trim(commit, "0123456789abcdef") != "" {
		return "", false
	}
	out, err := exec.Command("git", "-C", dir, "cat-file", "blob", commit+":./"+name).Output()
	return string(out), err == nil
}
