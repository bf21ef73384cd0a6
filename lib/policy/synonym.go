package policy

import "strings"

// A deny list means what a command does, and programs have several words for
// it. What is here are the ways to say the same in other words.

// sameAs are programs that do what another one does, word for word: those of
// GNU under the names that they have beside others, wrappers of build tools, and
// hub, which is git.
var sameAs = func() map[string]string {
	m := map[string]string{"hub": "git", "tofu": "terraform", "oc": "kubectl", "kubecolor": "kubectl", "gradlew": "gradle", "mvnw": "mvn", "gmake": "make"}
	for _, x := range fields("cat chmod chown cp dd head ln mkdir mv rm rmdir sed shred tail tar tee touch truncate") {
		m["g"+x] = x
	}
	return m
}()

// partOf are programs that have another one in them, under its name. What the
// other one is denied is denied, too, but to forbid pip is not to forbid uv pip.
var partOf = map[string]string{"uv": "pip", "yarn": "npm"}

// part returns the words of the program that is within another one.
func part(words []string) []string {
	if len(words) < 2 || partOf[base(words[0])] == "" {
		return nil
	}
	for i := 1; i < len(words) && i < 6; i++ {
		if words[i] == partOf[base(words[0])] {
			return words[i:]
		}
	}
	return nil
}

// goals are programs that are told several things to do: make test deploy.
var goals = set(fields("make mvn gradle ant sbt rake just task invoke inv mage ninja lein grunt gulp"))

// verbs are the other names of subcommands, as their programs' help gives them.
var verbs = func() map[string]map[string]string {
	m := map[string]map[string]string{}
	for prog, list := range map[string]string{
		"npm":   "i=install in=install ins=install add=install run-script=run rum=run t=test tst=test rm=uninstall r=uninstall un=uninstall remove=uninstall unlink=uninstall up=update upgrade=update c=config x=exec",
		"pnpm":  "i=install run-script=run t=test rm=remove un=remove uninstall=remove up=update upgrade=update",
		"bun":   "i=install a=add rm=remove x=exec",
		"cargo": "b=build c=check d=doc t=test r=run rm=remove",
		"helm":  "delete=uninstall del=uninstall un=uninstall ls=list",
		"conda": "uninstall=remove upgrade=update",
		"apt":   "purge=remove",
		"brew":  "remove=uninstall rm=uninstall ls=list",
		"gem":   "i=install",
		"dnf":   "erase=remove",
	} {
		m[prog] = map[string]string{}
		for _, x := range fields(list) {
			short, long, _ := strings.Cut(x, "=")
			m[prog][short] = long
		}
	}
	return m
}()

// verb returns the subcommand that a word means.
func verb(prog, word string) string {
	if long, ok := verbs[prog][word]; ok {
		return long
	}
	return word
}

// otherwise returns the words of a command, and what it says in signs or by a
// longer way said in the words that policies say it in: git push origin +main is
// git push --force, chmod a+rwx is chmod 777, docker image push is docker push.
func otherwise(prog string, words []string) [][]string {
	all := [][]string{words}
	switch prog {
	case "git":
		push := false
		for _, x := range words[1:] {
			if push = push || x == "push"; push && len(x) > 1 && x[0] == '+' {
				return append(all, append(words[:len(words):len(words)], "--force"))
			}
		}
		if len(words) > 2 && words[1] == "subtree" && words[2] == "push" {
			return append(all, without(words, 1))
		}
	case "docker", "podman", "nerdctl":
		for i, x := range words {
			if i > 0 && (x == "image" || x == "container") {
				return append(all, without(words, i))
			}
		}
	case "make":
		for i := len(words) - 1; i > 0; i-- {
			if name, _, ok := strings.Cut(words[i], "="); ok && !strings.HasPrefix(name, "-") {
				words = without(words, i)
			}
		}
		return append(all, words)
	case "chmod":
		for i, x := range words {
			if i == 0 || len(x) > 1 && x[0] == '-' {
				continue
			}
			if m := mode(x); m != x {
				words = append([]string(nil), words...)
				words[i] = m
				return append(all, words)
			}
			break
		}
	}
	return all
}

func without(words []string, i int) []string {
	return append(append([]string(nil), words[:i]...), words[i+1:]...)
}

// mode returns a mode in octal numbers, as far as that can be told: without
// noughts before it, and 777 for all rights for all.
func mode(x string) string {
	if strings.Trim(x, "01234567") == "" {
		if t := strings.TrimLeft(x, "0"); t != "" {
			return t
		}
		return x
	}
	for _, op := range []string{"+", "="} {
		who, rights, ok := strings.Cut(x, op)
		all := who == "" && op == "+" || strings.Contains(who, "a") || strings.Contains(who, "u") && strings.Contains(who, "g") && strings.Contains(who, "o")
		if ok && all && strings.Contains(rights, "r") && strings.Contains(rights, "w") && strings.ContainsAny(rights, "xX") {
			return "777"
		}
	}
	return x
}
