package tool

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// shells are the programs that run shell lines.
var shells = map[string]bool{"bash": true, "sh": true, "zsh": true, "dash": true, "ksh": true, "ash": true, "mksh": true, "rbash": true,
	"fish": true, "csh": true, "tcsh": true} // the last three have a grammar of their own: what is not read as a line is unknown

// dockerValues are the options of docker run and exec that take a value.
const dockerValues = "-e --env -v --volume -w --workdir -u --user -p --publish --name --network --net --mount --entrypoint --env-file -h --hostname --platform -l --label --memory -m --cpus --add-host --gpus --device --cap-add --cap-drop --security-opt --shm-size --restart --pull --index --ulimit --tmpfs --ip --dns --log-driver -a --attach --cidfile --detach-keys --runtime --ipc --pid"

// A wrapper is a program that starts another one, which its arguments name.
type wrapper struct {
	values string // options that take a value
	skip   int    // operands before the program
	line   string // options whose value is a shell line
	none   string // options with which nothing is started
	keep   string // options that make it another way: uv run --with
	sets   bool   // NAME=value may stand before the program
	way    bool   // it gives the program another environment or other rights
	joins  bool   // what follows is joined and given to a shell
	stdin  bool   // it adds arguments that it reads
	remote bool   // what it starts runs on another machine, or in a container
	after  bool   // the program stands after a --
	each   bool   // each operand is a line
	either bool   // one operand is a line, several are words
}

// wrappers has the programs, and the subcommands of programs, that are looked
// through.
var wrappers = sync.OnceValue(func() map[string]wrapper {
	return withSame(map[string]wrapper{
		"sshpass":    {values: "-p -f -d -P"},
		"sudo":       {values: "-u -g -p -C -h -r -t -T -U -D -R --user --group --prompt --host --chdir --chroot", none: "-l -v -k -K -e --list --edit --validate", sets: true, way: true},
		"doas":       {values: "-u -C -a", way: true},
		"su":         {values: "-s -g -G --shell", line: "-c --command", way: true, skip: 1 << 20},
		"env":        {values: "-u -C --unset --chdir -a --argv0", line: "-S --split-string", sets: true},
		"nohup":      {},
		"setsid":     {},
		"nice":       {values: "-n --adjustment"},
		"ionice":     {values: "-c -n --class --classdata", none: "-p --pid"},
		"chrt":       {skip: 1, none: "-p"},
		"taskset":    {skip: 1, none: "-p"},
		"stdbuf":     {values: "-i -o -e --input --output --error"},
		"unbuffer":   {},
		"timeout":    {values: "-k -s --kill-after --signal", skip: 1},
		"gtimeout":   {values: "-k -s --kill-after --signal", skip: 1},
		"time":       {values: "-f -o --format --output"},
		"gtime":      {values: "-f -o --format --output"},
		"command":    {none: "-v -V"},
		"builtin":    {},
		"exec":       {values: "-a"},
		"noglob":     {},
		"caffeinate": {values: "-t -w"},
		"chronic":    {},
		"strace":     {values: "-o -e -p -s -u -E -P -I -O -S -a -b"},
		"ltrace":     {values: "-o -e -p -s -u -l -n -a"},
		"xargs":      {values: "-I -n -P -L -d -s -E -a --max-args --max-procs --max-lines --delimiter --arg-file --replace", stdin: true},
		"parallel":   {values: "-j -a --jobs --arg-file --colsep -I --joblog --tmpdir --timeout", stdin: true},
		"watch":      {values: "-n --interval", joins: true},
		"flock":      {values: "-w -E --timeout --wait --conflict-exit-code", skip: 1, line: "-c --command"},
		"script":     {values: "-T -I -O -B -E", line: "-c --command", skip: 1 << 20},
		"busybox":    {none: "--list --help --install"},
		"chroot":     {skip: 1, way: true},
		"unshare":    {values: "-S -G", way: true},
		"xvfb-run":   {values: "-n -s -f -e -p -w"},
		"dumb-init":  {},
		"tini":       {values: "-p -e"},
		"dbus-run-session": {
			values: "--dbus-daemon --config-file",
		},

		"ssh":                   {values: "-p -l -o -J -L -R -D -b -c -e -m -O -Q -S -W -w -E -B -I -i -F", skip: 1, joins: true, remote: true},
		"vagrant ssh":           {line: "-c --command", skip: 1 << 20, remote: true},
		"docker run":            {values: dockerValues, skip: 1, remote: true},
		"docker exec":           {values: dockerValues, skip: 1, remote: true},
		"docker container run":  {values: dockerValues, skip: 1, remote: true},
		"docker container exec": {values: dockerValues, skip: 1, remote: true},
		"docker compose exec":   {values: dockerValues, skip: 1, remote: true},
		"docker compose run":    {values: dockerValues, skip: 1, remote: true},
		"docker-compose exec":   {values: dockerValues, skip: 1, remote: true},
		"docker-compose run":    {values: dockerValues, skip: 1, remote: true},
		"podman-compose exec":   {values: dockerValues, skip: 1, remote: true},
		"podman-compose run":    {values: dockerValues, skip: 1, remote: true},
		"kubectl exec":          {after: true, remote: true},
		"git bisect run":        {},
		"git submodule foreach": {joins: true},
		"git rebase":            {values: "--onto -X -s --strategy", line: "-x --exec", skip: 1 << 20},
		"entr":                  {stdin: true, line: "-s"},
		"setarch":               {skip: 1},
		"runuser":               {values: "-u -g -G", line: "-c --command", way: true},
		"pkexec":                {values: "--user", way: true},
		"nsenter":               {values: "-t -S -G", way: true},
		"bwrap":                 {values: "--bind --ro-bind --dev --proc --tmpfs --chdir --setenv", way: true},
		"fakeroot":              {},
		"eatmydata":             {},
		"hyperfine":             {values: "-w -r -m -M -p -s -c -n --warmup --runs --prepare --setup --cleanup --export-json --export-markdown", joins: true},
		"tmux new-session":      {values: "-s -n -c -x -y -t -e", either: true},
		"tmux new":              {values: "-s -n -c -x -y -t -e", either: true},
		"screen":                {none: "-X -ls -list -r -x -wipe", values: "-S -h -e -p -c -t"},
		"concurrently":          {values: "-n -c --names --prefix", each: true},
		"cross-env-shell":       {sets: true, joins: true},
		"nodemon":               {values: "-w --watch -e --ext -d --delay -i --ignore", line: "-x --exec", skip: 1 << 20},
		"watchexec":             {values: "-w --watch -e --exts -i --ignore -f --filter -s --signal -d --debounce --shell", either: true},
		"cargo watch":           {values: "-w --watch -i --ignore -d --delay -C --workdir -x --exec", line: "-s --shell", skip: 1 << 20},
		"toybox":                {none: "--help --long"},
		"bun exec":              {joins: true},
		"faketime":              {values: "-f --exclude-monotonic", skip: 1},
		"rlwrap":                {values: "-b -f -H -s -C -P -S"},
		"sg":                    {skip: 1, line: "-c", either: true, way: true},
		"setuidgid":             {skip: 1, way: true},
		"s6-setuidgid":          {skip: 1, way: true},
		"gosu":                  {skip: 1, way: true},
		"su-exec":               {skip: 1, way: true},
		"chpst":                 {values: "-u -U -b -e -/ -n -l -L -m -d -o -p -f -c -r -t", way: true},
		"catatonit":             {},
		"runas":                 {skip: 1, way: true},
		"start":                 {},
		"machinectl shell":      {skip: 1, way: true},
		"launchctl submit":      {after: true},
		"dbus-launch":           {},
		"valgrind":              {},
		"perf record":           {values: "-o -e -p -C -F -c -t --output --event --freq"},
		"perf stat":             {values: "-o -e -p -C -r -x -I --output --event --repeat"},
		"perf trace":            {values: "-o -e -p -C --output"},
		"rr record":             {values: "-o"},
		"ld.so":                 {values: "--library-path --preload --argv0 --audit"},
		"flatpak-spawn":         {},
		"toolbox run":           {values: "-c --container -d --distro -r --release"},
		"distrobox enter":       {values: "-n --name", after: true},
		"wsl":                   {values: "-d --distribution -u --user --cd", none: "--list -l --status --install --shutdown --help --version --update"},
		"limactl shell":         {values: "--workdir", skip: 1, remote: true},
		"lima":                  {remote: true},
		"colima ssh":            {values: "-p --profile", remote: true},
		"lxc exec":              {values: "--cwd --env --user --group", skip: 1, remote: true},
		"incus exec":            {values: "--cwd --env --user --group", skip: 1, remote: true},
		"multipass exec":        {values: "-d --working-directory", skip: 1, remote: true},
		"oc exec":               {after: true, remote: true},
		"kubectl run":           {after: true, remote: true},
		"kubectl debug":         {after: true, remote: true},
		"crictl exec":           {skip: 1, remote: true},
		"pdsh":                  {values: "-w -x -l -f -g -R -t -u", joins: true, remote: true},
		"clush":                 {values: "-w -x -l -f -g -R -t -u", joins: true, remote: true},
		"pssh":                  {values: "-h -H -l -p -o -e -t -x", joins: true, remote: true},
		"parallel-ssh":          {values: "-h -H -l -p -o -e -t -x", joins: true, remote: true},
		"tmux split-window":     {values: tmuxValues, either: true},
		"tmux splitw":           {values: tmuxValues, either: true},
		"tmux new-window":       {values: tmuxValues, either: true},
		"tmux neww":             {values: tmuxValues, either: true},
		"tmux respawn-pane":     {values: tmuxValues, either: true},
		"tmux respawnp":         {values: tmuxValues, either: true},
		"tmux respawnw":         {values: tmuxValues, either: true},
		"tmux run-shell":        {values: tmuxValues, joins: true},
		"tmux run":              {values: tmuxValues, joins: true},
		"tmux pipe-pane":        {values: "-t", joins: true},
		"tmux if-shell":         {values: "-t", joins: true},
		"tmux if":               {values: "-t", joins: true},
		"tmux display-popup":    {values: tmuxValues, either: true},
		"tmux popup":            {values: tmuxValues, either: true},
		"zellij run":            {values: "-n --name --cwd -d --direction", either: true},
		"wezterm start":         {values: "--cwd --class", either: true},
		"i3-msg exec":           {joins: true},
		"swaymsg exec":          {joins: true},
		"hyprctl dispatch":      {skip: 1, joins: true},
		"xterm":                 {values: terminalValues, either: true},
		"urxvt":                 {values: terminalValues, either: true},
		"konsole":               {values: "--workdir --profile -p", either: true},
		"alacritty":             {values: "--working-directory --config-file -t --title", either: true},
		"kitty":                 {values: "-d --directory --title -T -c --config -o --override", either: true},
		"foot":                  {values: "-D -t -T -a -c", either: true},
		"gnome-terminal":        {values: "--title -t --profile", either: true},
		"xfce4-terminal":        {values: "--title -T --working-directory", line: "-e --command", either: true},
		"x-terminal-emulator":   {values: terminalValues, either: true},

		"uv run":         {values: "--with --with-requirements --with-editable --python -p --extra --group --only-group --no-group --project --directory --package --env-file --index --index-url --refresh-package --no-extra --config-file --cache-dir", keep: "--with --with-requirements --with-editable --python -p", way: true},
		"uvx":            {values: "--from --with --python -p --index", keep: "--from --with", way: true},
		"uv x":           {values: "--from --with --python -p", keep: "--from --with", way: true},
		"uv tool run":    {values: "--from --with --python -p", keep: "--from --with", way: true},
		"pipx run":       {values: "--spec --python --pip-args", keep: "--spec", way: true},
		"npx":            {values: "-p --package -w --workspace", line: "-c --call", keep: "-p --package", way: true},
		"npm exec":       {values: "-p --package -w --workspace", line: "-c --call", keep: "-p --package", way: true},
		"npm x":          {values: "-p --package -w --workspace", line: "-c --call", keep: "-p --package", way: true},
		"pnpm exec":      {values: "-C --dir --filter -F", way: true},
		"pnpm dlx":       {values: "--package", keep: "--package", way: true},
		"pnpx":           {values: "--package", way: true},
		"yarn exec":      {values: "--cwd", way: true},
		"yarn dlx":       {values: "-p --package", way: true},
		"bunx":           {values: "-p --package", way: true},
		"bun x":          {values: "-p --package", way: true},
		"poetry run":     {values: "-C --directory -P --project", way: true},
		"pipenv run":     {way: true},
		"pdm run":        {values: "-p --project", way: true},
		"rye run":        {way: true},
		"hatch run":      {values: "-e --env", way: true},
		"pixi run":       {values: "-e --environment --manifest-path", way: true},
		"conda run":      {values: "-n -p --name --prefix --cwd", keep: "-n --name", way: true},
		"mamba run":      {values: "-n -p --name --prefix", keep: "-n --name", way: true},
		"bundle exec":    {values: "--gemfile", way: true},
		"mise exec":      {values: "-C --cd -j", way: true},
		"mise x":         {values: "-C --cd -j", way: true},
		"asdf exec":      {way: true},
		"nix shell":      {values: "--override-input", way: true},
		"direnv exec":    {skip: 1, way: true},
		"dotenv":         {values: "-f -e --file", way: true},
		"dotenvx run":    {values: "-f --env-file -e --env", way: true},
		"op run":         {values: "--env-file --account", way: true},
		"doppler run":    {values: "-p -c --project --config", line: "--command", way: true},
		"nix develop":    {values: "--override-input", way: true, skip: 1 << 20},
		"nix-shell":      {line: "--run --command", values: "-p -A -I", way: true, skip: 1 << 20},
		"devbox run":     {values: "-c --config -e --env", way: true},
		"rustup run":     {skip: 1, way: true},
		"corepack":       {none: "enable disable prepare install up use --version"},
		"opam exec":      {values: "--switch", way: true},
		"cross-env":      {sets: true},
		"dotenv-flow":    {way: true},
		"systemd-run":    {values: "-u -p --unit --property -E", way: true},
		"firejail":       {way: true},
		"kcov":           {skip: 1},
		"catchsegv":      {},
		"rtk":            {none: "gain discover init config proxy"},
		"proxychains4":   {values: "-f", way: true},
		"proxychains":    {values: "-f", way: true},
		"torsocks":       {way: true},
		"torify":         {way: true},
		"tsocks":         {way: true},
		"micromamba run": {values: "-n -p --name --prefix", keep: "-n --name", way: true},
		"aws-vault exec": {values: "-d --duration", skip: 1, way: true},
		"chamber exec":   {after: true, way: true},
		"infisical run":  {values: "--env --path --projectId", way: true},
		"envchain":       {skip: 1, way: true},
		"sops exec-env":  {skip: 1, joins: true, way: true},
	})
})

const (
	tmuxValues     = "-t -n -c -e -l -p -F -s -x -y -d -h -w -T"
	terminalValues = "-T -title -geometry -fa -fs -bg -fg -cd"
)

// withSame adds the programs that take the words of docker.
func withSame(m map[string]wrapper) map[string]wrapper {
	for _, name := range slices.Collect(maps.Keys(m)) {
		if rest, ok := strings.CutPrefix(name, "docker "); ok {
			m["podman "+rest], m["nerdctl "+rest] = m[name], m[name]
		}
	}
	return m
}
