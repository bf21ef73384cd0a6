package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/setup"
)

// pathOf returns the path of an agent's file for this directory or for all
// projects; "" if there is none of the kind.
func pathOf(a setup.Agent, f setup.File, global bool) (string, error) {
	if !global {
		return filepath.FromSlash(f.Project), nil
	}
	if f.Own == "" {
		return "", nil
	}
	dir, err := folderOf(a)
	return filepath.Join(dir, filepath.FromSlash(f.Own)), err
}

// folderOf returns the agent's own folder.
func folderOf(a setup.Agent) (string, error) {
	home, _ := os.UserHomeDir()
	if dir := a.Folder(os.Getenv, home); dir != "" {
		return filepath.FromSlash(dir), nil
	}
	return "", errors.New("cannot find the home directory: $HOME is not defined")
}

// program returns what is written for a program of ours: the one that stands
// beside this program; its bare name will do if the PATH leads to it.
func program(c *cli.IO, name string) string {
	found, _ := exec.LookPath(name)
	self, err := os.Executable()
	if err != nil {
		return name
	}
	beside := filepath.Join(filepath.Dir(self), name)
	switch {
	case !sameFile(beside, beside): // there is none
		if found == "" {
			c.Notef("%s is not on the PATH: it cannot be run until it is", name)
		}
		return name
	case sameFile(beside, found):
		return name
	}
	return beside
}

// command returns the at-capture that hooks run, or another program of ours.
func command(c *cli.IO, given, name string) (string, error) {
	if strings.ContainsAny(given, `/\`) {
		return anchor(given)
	}
	if given != "" {
		return given, nil
	}
	return program(c, name), nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// anchor makes a path absolute. A hook runs wherever the agent stands at the
// time. A variable that the agent fills in is kept.
func anchor(path string) (string, error) {
	if path == "" || setup.Anchored(path) {
		return path, nil
	}
	return filepath.Abs(path)
}
