package policy

import "testing"

// decided are lines in which what is given to a shell, an interpreter or xargs
// can be read: they are denied, not unknown. The first are about commands, the
// others about files.
var decided = [2][]string{
	{
		`git config alias.x '!sudo ls' && git x`,
		`git -c alias.p='push --force' p`,
		`git config --global alias.p 'push --force'`,
		`python -c 'import os; os.system("sudo ls")'`,
		`python3 -c "import subprocess; subprocess.run(['git','push','--force'])"`,
		`node -e 'require("child_process").execSync("curl x")'`,
		`awk 'BEGIN{system("sudo ls")}'`,
		`cmd /c curl x`,
		`cmd.exe /d /s /c "curl x && dir"`,
		`pwsh -Command "wget x"`,
		"ssh h <<E\nsudo ls\nE",
		`echo 'sudo ls' | at now`,
		`crontab <<< '* * * * * sudo ls'`,
		`go test -exec sudo ./...`,
		"cat <<E | bash\nsudo ls\nE",
		`base64 -d <<< c3VkbyBscw== | sh`,
		`bash -c "$(echo c3VkbyBscw== | base64 -d)"`,
		`printf '\163udo ls' | sh`,
		`echo -e '\x73udo ls' | sh`,
		`xargs -n1 sudo <<< ls`,
		`nc -c 'sudo ls' h 1`,
		`socat - EXEC:'sudo ls'`,
		`ssh -o ProxyCommand='sudo ls' x`,
		`make --eval 'x' CC='sudo cc'`,
	},
	{
		`xargs -n1 cat <<< .env`,
		`printf '.env\0' | xargs -0 cat`,
		`cat $(echo LmVudg== | base64 -d)`,
		`cat $(printf '\x2eenv')`,
		`cat $(printf '.%s' env)`,
		`cat $(echo -e '\x2eenv')`,
		`cat $(echo vne. | rev)`,
		`perl -ne 'print' .env`,
		`perl -pe1 .env`,
		`pwsh -Command "gc .env"`,
		`cmd /c "type .env"`,
		`cmd /c type .env`,
		`vim -c 'r .env' -c wq a`,
		`sed '1e cat .env' a`,
		`tar xf x.tar --to-command='cat .env'`,
		`tar -I 'cat .env' -cf /tmp/x src`,
		`git -c alias.x='!f() { cat .env; }; f' x`,
		`find .github -exec rm {} +`,
		`find .github -type f | xargs rm`,
		`find secrets -type f -exec cat {} +`,
		`make -f - <<< $'all:\n\tcat .env'`,
		`ruby -ne 'puts $_' .env`,
	},
}

func TestDecided(t *testing.T) {
	policies := [2]string{
		`{"commands": {"deny": ["sudo", "curl", "wget", "git push --force"]}}`,
		`{"files": {"read": {"deny": [".env", "secrets/**"]}, "write": {"deny": [".github/**"]}}}`,
	}
	for i, text := range policies {
		p := load(t, text)
		for _, line := range decided[i] {
			if v := Worst(p.Judge(callOf(line), testContext())); v != Deny {
				t.Errorf("%s: %s, want deny", line, v)
			}
		}
	}
}
