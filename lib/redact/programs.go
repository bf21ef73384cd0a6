package redact

// A program takes a password as an argument.
type program struct {
	name string
	// options that the password follows, or is attached to.
	next, attached []string
	after          int    // it is the argument of this number that is no option
	colon          bool   // it is what follows the first colon: user:password
	mark           string // it follows this in the argument: pass:
}

// programs are in the order in which they are tried. The options are those in
// the manuals of the programs.
var programs = []program{
	{name: "mysql", attached: []string{"-p"}},
	{name: "mariadb", attached: []string{"-p"}},
	{name: "sshpass", next: []string{"-p"}, attached: []string{"-p"}},
	{name: "curl", next: []string{"-u", "--user", "--proxy-user", "-U", "-su", "-sSu", "-ksu", "-sku", "-vu", "-ku", "-iu", "-fsSLu", "-sLu"}, attached: []string{"-u", "--user=", "--proxy-user="}, colon: true},
	{name: "wget", next: []string{"--user"}, colon: true},
	{name: "http -a", next: []string{"-a", "--auth"}, colon: true},
	{name: "https -a", next: []string{"-a", "--auth"}, colon: true},
	{name: "openssl", next: []string{"-passin", "-passout", "-pass", "-password"}, mark: "pass:"},
	{name: "openssl enc", next: []string{"-k"}},
	{name: "redis-cli", next: []string{"-a", "--pass"}},
	{name: "mongo", next: []string{"-p"}, attached: []string{"-p"}},
	{name: "7z ", attached: []string{"-p"}},
	{name: "7za", attached: []string{"-p"}},
	{name: "zip -", next: []string{"-P", "--password"}, attached: []string{"-P"}},
	{name: "unzip", next: []string{"-P"}, attached: []string{"-P"}},
	{name: "smbclient", next: []string{"-U"}, attached: []string{"-U"}, mark: "%"},
	{name: "ldapsearch", next: []string{"-w"}, attached: []string{"-w"}},
	{name: "ldapmodify", next: []string{"-w"}, attached: []string{"-w"}},
	{name: "ldapadd", next: []string{"-w"}},
	{name: "ipmitool", next: []string{"-P"}},
	{name: "psexec", next: []string{"-p"}},
	{name: "sqlcmd", next: []string{"-P"}, attached: []string{"-P"}},
	{name: "bcp ", next: []string{"-P"}, attached: []string{"-P"}},
	{name: "impacket", mark: ":"},
	{name: "xfreerdp", attached: []string{"/p:"}},
	{name: "wlfreerdp", attached: []string{"/p:"}},
	{name: "gh secret", next: []string{"--body", "-b"}, attached: []string{"--body="}},
	{name: "mosquitto_", next: []string{"-P", "--pw"}},
	{name: "clickhouse-client", next: []string{"--password"}, attached: []string{"--password="}},
	{name: "cypher-shell", next: []string{"-p"}},
	{name: "docker login", next: []string{"-p"}, attached: []string{"-p="}},
	{name: "podman login", next: []string{"-p"}},
	{name: "registry login", next: []string{"-p"}},
	{name: "oc login", next: []string{"-p"}},
	{name: "az login", next: []string{"-p"}},
	{name: "aws ecr", next: []string{"-p"}},
	{name: "rabbitmqadmin", next: []string{"-p"}},
	{name: "aria2c", attached: []string{"--http-passwd=", "--ftp-passwd="}},
	{name: "lftp", next: []string{"-u"}, mark: ","},
	{name: "nmcli", next: []string{"password"}},
	{name: "rclone", next: []string{"pass"}},
	{name: "ssh-keygen", next: []string{"-N", "-P"}},
	{name: "twine", next: []string{"-p"}},
	{name: "useradd", next: []string{"-p"}},
	{name: "usermod", next: []string{"-p"}},
	{name: "keyvault secret", next: []string{"--value"}},
	{name: "secretsmanager", next: []string{"--secret-string"}},
	{name: "add-mask::", next: nil},
	{name: "xh -a", next: []string{"-a", "--auth"}, colon: true},
	{name: "rabbitmqctl add_user", after: 2},
	{name: "rabbitmqctl change_password", after: 2},
	{name: "vault login", after: 1},
	{name: "snyk auth", after: 1},
	{name: "wpa_passphrase", after: 2},
	{name: "crackmapexec", next: []string{"-p"}},
	{name: "netexec", next: []string{"-p"}},
	{name: "snowsql", next: []string{"-p"}},
	{name: "cqlsh", next: []string{"-p"}},
	{name: "neo4j-admin", after: 2},
	{name: "snmpwalk", next: []string{"-A", "-X"}},
	{name: "snmpget", next: []string{"-A", "-X"}},
	{name: "crane auth", next: []string{"-p"}},
	{name: "ncftp", next: []string{"-p"}},
	{name: "mc alias set", after: 4},
	{name: "security add-", next: []string{"-w"}},
	{name: "security unlock", next: []string{"-p"}},
	{name: "tsql -", next: []string{"-P"}},
	{name: "sp_addlogin", after: 2},
}

// The programs that read a password from the output of echo.
var readers = []string{"password-stdin", "sudo -s", "chpasswd", "passwd --stdin", "with-token", "vercel env add", "wrangler secret put", "secret create", "secrets versions add", "| kinit", "| cryptsetup", "secret-tool store"}

// The functions whose last argument is a password.
var calls = []string{"sqlcredential(", "networkcredential(", "plainauth(", "basicauth(", "httpbasicauth(", "setbasicauth(", "basic_auth(", "basic_auth ", "passwordcredentials(", "auth=(", "login("}

func programNames() []string {
	var list []string
	for _, p := range programs {
		list = append(list, p.name)
	}
	list = append(list, readers...)
	list = append(list, calls...)
	return append(list, "htpasswd", "from-literal", "secrets set", "secret set", "config:set", "config set", "configure set", "> auth", "convertto-securestring", "sqlplus", "net use", "net user", "cargo login", "unseal key", "poetry config", "auth plain", "identified by", "identified with", "-basic.", "bundle config", "acl setuser", " ~*", "+@all", "*assword", "?assword",
		"mysqli(", "mysqli_connect(", "pdo(", "tconnection(", "put-parameter", "jwt.encode(", "jwt.sign(", "jwt.verify(", "jwt.decode(", "hmac.new(", "createhmac(")
}
