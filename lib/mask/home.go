package mask

import "bytes"

// homes finds the name of the user in paths of home directories.
func (s *scan) homes() {
	// Each word is looked for by its rarest byte.
	s.homesBy('U', 0, "Users")
	s.homesBy('/', 1, "home")
	s.homesBy('-', 1, "home")
}

func (s *scan) homesBy(mark byte, skip int, word string) {
	t := s.text
	for i := 0; !s.done; {
		k := bytes.IndexByte(t[i:], mark)
		if k < 0 {
			return
		}
		i += k + 1
		if from := i - 1 + skip; hasPrefix(t[from:], word) {
			s.home(from, from+len(word))
		}
	}
}

// home looks at the word t[from:to], which is Users or home.
func (s *scan) home(from, to int) {
	t := s.text
	if from == 0 || to+1 >= len(t) {
		return
	}
	switch sep := t[from-1]; sep {
	case '/', '\\':
		k := to
		for k < len(t) && k < to+8 && t[k] == sep {
			k++
		}
		if k == to || sep == '/' && k > to+1 || !s.rootBefore(from) {
			return
		}
		s.homeName(k, sep)
	case '-':
		// The name that an agent gives the folder of a project:
		// -Users-jdoe-proj.
		if t[to] == '-' && (from == 1 || class[t[from-2]]&isWord == 0 && t[from-2] != '-') {
			s.homeName(to+1, '-')
		}
	}
}

// rootBefore reports whether the separator before t[from] is the root of a
// path, or stands below a place where home directories are mounted.
func (s *scan) rootBefore(from int) bool {
	t := s.text
	k := from
	for k > 0 && k > from-8 && (t[k-1] == '/' || t[k-1] == '\\') {
		k--
	}
	if s.boundary(k) && k > 0 && t[k-1] == '.' {
		return false
	}
	if k > 0 && t[k-1] == ']' && endsMarker(t[:k]) {
		return false // /home/[MASKED:user]/home
	}
	if k == 0 || s.boundary(k) || k >= 1 && t[k-1] == ':' {
		return true
	}
	before := t[:k]
	if isLetter(t[k-1]) && k > 1 && (t[k-2] == '/' || t[k-2] == '\\') {
		return true // /c/Users, /mnt/c/Users
	}
	for _, p := range [...]string{"/var", "/export", "/usr", "/Data", "/mnt", "/private", "/run", "/data", "/host"} {
		if hasSuffix(before, p) {
			return true
		}
	}
	return false
}

// longestName is the longest name of a user, in bytes.
const longestName = 64

// homeName masks the name at t[from] up to the next separator.
func (s *scan) homeName(from int, sep byte) {
	t := s.text
	if s.line && escaped(t, from, from+longestName) {
		s.done = true // a name beyond ASCII, perhaps
		return
	}
	to := from
	for to < len(t) && to < from+longestName {
		c := t[to]
		if class[c]&isWord == 0 && c != '.' && (c != '-' || sep == '-') {
			break
		}
		to++
	}
	// A name with spaces is told from a sentence by the separator after it.
	if sep == '\\' && to < len(t) && t[to] == ' ' {
		k := to
		for k < len(t) && k < from+longestName && (class[t[k]]&isWord != 0 || t[k] == ' ' || t[k] == '.') {
			k++
		}
		if k < len(t) && t[k] == '\\' {
			to = k
		}
	}
	// What stands before the next separator ends a sentence: /home/jdoe.
	for to > from && (t[to-1] == '.' || t[to-1] == '-') {
		to--
	}
	if to-from < 2 || t[from] == '.' || fileName(t[from:to]) || !hasLetter(t[from:to]) || common(t[from:to]) {
		return
	}
	if to < len(t) && (t[to] == '(' || t[to] == '*' || t[to] == '$' || t[to] == '%') {
		return
	}
	if sep == '-' && (to >= len(t) || t[to] != '-') {
		return
	}
	s.add(from, to, user)
}

// common reports whether a name of a user says nothing of a person: that of a
// role, a system, an image, or a word in its place.
func common(b []byte) bool {
	if len(b) > 24 {
		return false
	}
	var room [24]byte
	switch string(lower(room[:0], b)) {
	case "user", "users", "username", "user1", "user2", "me", "you", "u", "root", "admin", "administrator", "guest", "public", "default", "shared", "all", "home", "name", "yourname",
		"your-name", "your_name", "your-username", "your_username", "youruser", "yourusername", "myuser", "myname", "someone", "somebody", "nobody", "anonymous", "example", "test", "tester", "testuser", "test-user", "test_user", "someuser", "some-user", "demo",
		"dev", "devel", "developer", "build", "builder", "ci", "runner", "runneradmin", "vsts", "jenkins", "gitlab-runner", "circleci", "travis", "buildkite-agent", "github", "actions", "work", "worker",
		"ubuntu", "debian", "fedora", "centos", "rocky", "arch", "alpine", "pi", "ec2-user", "azureuser", "opc", "core", "cloud-user", "vagrant", "docker", "container", "coder", "vscode", "codespace", "gitpod",
		"node", "python", "ruby", "go", "app", "apps", "application", "service", "server", "www", "www-data", "web", "nginx", "apache", "httpd", "git", "svn", "postgres", "mysql", "redis", "mongodb", "elastic",
		"jovyan", "colab", "kaggle", "sandbox", "agent", "bot", "claude", "codex", "openhands", "daytona", "replit", "nonroot", "appuser", "linuxbrew", "homebrew", "nix", "nixos", "lib", "bin", "etc", "tmp", "var", "src", "oem",
		"operator", "system", "local", "data", "swe-agent", "swebench", "project", "projects", "workspace", "foo", "bar", "host", "ftp", "mail", "sftp", "ansible", "deploy", "deployer", "packages", "assets", "index", "html", "page", "pages",
		"assistant", "human", "string", "null", "none", "undefined", "true", "false", "unknown", "kali", "steam", "deck", "chronos", "cloudshell", "cloudshell-user", "sagemaker-user", "spack", "conda", "mambauser", "airflow", "spark", "hadoop", "hdfs", "hive", "opencode", "gemini", "cursor", "copilot":
		return true
	}
	return false
}

// fileName reports whether a name is that of a file rather than of a user:
// /home/index.js.
func fileName(b []byte) bool {
	i := bytes.LastIndexByte(b, '.')
	if i < 0 {
		return false
	}
	switch string(b[i+1:]) {
	case "js", "ts", "tsx", "jsx", "mjs", "cjs", "py", "go", "rb", "php", "html", "css", "json", "txt", "md", "sh", "c", "h", "rs", "java", "log", "yml", "yaml", "zip", "gz":
		return true
	}
	return false
}
