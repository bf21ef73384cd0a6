package redact

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// sample is a text with a secret in it, which %s stands for: of a rule, drawn as
// so many letters and digits, or a password if n is 0.
type sample struct {
	rule string
	n    int
	text string
}

// samples are texts of files, of the output of programs and of prose, in the
// notations that are theirs alone.
var samples = []sample{
	// Configuration.
	{"password", 0, "defaults: &d\n  db_password: &x \"%s\"\n"},
	{"password", 0, "machine api.acme.io\n  login deploy\n  password %s\n"},
	{"password", 0, "machine api.acme.io login deploy password %s"},
	{"password", 0, "Driver={SQL Server};Server=db;Uid=sa;Pwd={%s};"},
	{"password", 0, "<c:dbPassword>%s</c:dbPassword>"},
	{"password", 0, "<dbPassword>\n  %s\n</dbPassword>"},
	{"password", 0, "<dbPassword><![CDATA[%s]]></dbPassword>"},
	{"password", 0, "<property><name>db.password</name><value>%s</value></property>"},
	{"password", 0, "<property>\n  <name>db.password</name>\n  <value>%s</value>\n</property>"},
	{"password", 0, "<AdministratorPassword><Value>%s</Value></AdministratorPassword>"},
	{"token", 24, "<meta name=\"api-token\" content=\"%s\">"},
	{"password", 0, "variables:\n  DB_PASSWORD:\n    value: \"%s\"\n    description: x\n"},
	{"password", 0, "profile::db::password: '%s'\n"},
	{"password", 0, "<match **>\n  user elastic\n  password %s\n</match>"},
	{"password", 0, "    DefaultPassword    REG_SZ    %s"},
	{"password", 0, "rootpw --plaintext %s\n"},
	{"password", 0, "SetEnv DB_PASSWORD %s\nSetEnv PORT 1"},
	{"password", 0, "setenv DB_PASSWORD %s"},
	{"api-key", 43, "[Interface]\nPrivateKey = %s=\nAddress = 10.0.0.1/24\n"},
	// Programs.
	{"command-password", 14, "redis-cli ACL SETUSER bob on >%s ~* +@all"},
	{"command-password", 14, "user default on >%s ~* &* +@all"},
	{"command-password", 14, "spawn ssh root@h\nexpect \"password:\"\nsend \"%s\\r\"\ninteract"},
	{"command-password", 14, "expect {\n  \"*assword:*\" { send -- \"%s\\r\" }\n}"},
	{"command-password", 14, "child.expect('Password:')\nchild.sendline('%s')"},
	{"command-password", 14, "curl --cert client.pem:%s https://x"},
	{"command-password", 14, "bundle config set --local gems.acme.io bob:%s"},
	{"command-password", 14, "composer config http-basic.repo.acme.io bob %s"},
	{"command-password", 14, "dotnet user-secrets set \"Smtp:Password\" \"%s\""},
	{"command-password", 14, "aws ssm put-parameter --name /prod/db/password --value %s --type SecureString"},
	{"password", 14, "aws cloudformation create-stack --parameters ParameterKey=DBPassword,ParameterValue=%s"},
	{"command-password", 14, "$c = new mysqli('localhost', 'root', '%s', 'shop');"},
	{"command-password", 14, "$db = new PDO('mysql:host=db;dbname=x', 'root', '%s');"},
	{"command-password", 14, "DriverManager.getConnection(url, \"root\", \"%s\");"},
	{"command-password", 14, "HTTPBasicAuth('bob', '%s')"},
	{"api-key", 24, "jwt.encode(payload, '%s', algorithm='HS256')"},
	{"api-key", 24, "crypto.createHmac('sha256', '%s')"},
	{"password", 0, "ds.setPassword(\"%s\");"},
	// Tables and lists.
	{"token", 24, "\"name\",\"api_token\",\"created\"\n\"ci\",\"%s\",\"2026-01-05\"\n"},
	{"password", 0, "name;password;age\nbob;%s;41\n"},
	{"password", 0, "User name,Password,Console login link\nbob,%s,https://x\n"},
	{"token", 24, "name,value\nAPI_TOKEN,%s\nPORT,80\n"},
	{"api-key", 40, "Access key ID,Secret access key\nx,%s\n"},
	{"password", 0, "│ DB_PASSWORD │ %s │\n│ PORT │ 80 │"},
	{"password", 0, "-[ RECORD 1 ]---\nid       | 1\npassword | %s\n"},
	{"password", 0, "3) \"password\"\n4) \"%s\"\n"},
	{"api-key", 24, "rawHeaders: [\n  \"Host\",\n  \"x\",\n  \"X-Api-Key\",\n  \"%s\"\n]"},
	{"api-key", 24, "[(b'host', b'x'), (b'x-api-key', b'%s')]"},
	{"api-key", 24, "map[Accept:[*/*] X-Api-Key:[%s]]"},
	// SQL.
	{"command-password", 14, "ALTER USER 'root'@'localhost' IDENTIFIED WITH mysql_native_password BY '%s';"},
	{"command-password", 14, "ALTER USER scott IDENTIFIED BY %s;"},
	{"password", 0, "SET PASSWORD FOR 'root'@'localhost' = PASSWORD('%s');"},
	{"password", 0, "CREATE LOGIN app WITH PASSWORD = N'%s';"},
	{"password", 0, "INSERT INTO users (name, password, age) VALUES ('amy', 'x', 1), ('bob', '%s', 41);"},
	// Source code.
	{"password", 0, "db_password = \"\"\"%s\"\"\""},
	{"password", 0, "Config { db_password: Some(\"%s\") }"},
	{"password", 0, "public string DbPassword { get; set; } = \"%s\";"},
	{"password", 0, "Dim dbPassword As String = \"%s\""},
	// Prose, in several languages.
	{"password", 0, "密码：%s，请勿外传。"},
	{"password", 0, "数据库密码是 %s。"},
	{"password", 0, "db_password：%s，x"},
	{"password", 0, "パスワード: %s"},
	{"password", 0, "비밀번호: %s"},
	{"password", 0, "Пароль: %s"},
	{"password", 0, "пароль для базы: %s"},
	{"password", 0, "Senha: %s"},
	{"password", 0, "Mot de passe : %s"},
	{"password", 0, "Das Passwort lautet %s"},
	{"password", 0, "Password has been reset to %s"},
	{"password", 0, "A temporary password is generated for root@localhost: %s"},
	{"password", 14, "Please use the following password to proceed to installation:\n\n%s\n\nThis may also be found at: /x"},
	{"password", 0, "Credentials: admin:%s"},
	{"token", 24, "token `%s` was revoked"},
	{"password", 0, "\x1b[01;31m\x1b[KPASSWORD\x1b[m\x1b[K=%s"},
}

// contexts makes the samples, and what takes more than one value.
func (g *generator) contexts() {
	for _, c := range samples {
		for range 3 {
			v := g.password()
			if c.n > 0 {
				v = g.chars('a', c.n-6) + g.chars('n', 2) + "xQ" + g.chars('n', 1) + "K"
			}
			g.text(c.rule, "sample", strings.ReplaceAll(c.text, "%s", v), v)
		}
	}
	for range 3 {
		v := g.chars('x', 32)
		g.text("authorization", "digest", `Authorization: Digest username="bob", realm="x", nonce="abc", uri="/", response="`+v+`"`, v)
		v = g.chars('a', 24) + g.chars('n', 3)
		g.line("authorization", "cookie", `{"cookies":[{"name":"sid","value":"`+v+`","httpOnly":true}]}`, v)
		v = base64.StdEncoding.EncodeToString([]byte(g.chars('a', 18)))
		g.line("secret", "kubernetes", `{"kind":"Secret","metadata":{"name":"x"},"data":{"odd":"`+v+`"}}`, v)
		g.text("secret", "kubernetes", "{\n  \"kind\": \"ConfigMap\",\n  \"data\": {\"a\": \"b\"}\n}\n{\n  \"data\": {\n    \"odd\": \""+v+"\"\n  },\n  \"kind\": \"Secret\"\n}", v)
		g.line("", "kubernetes", `{"kind":"ConfigMap","metadata":{"name":"x"},"data":{"odd":"`+v+`"}}`, "")
		v = g.password()
		g.line("password", "parameter", `{"Parameter":{"Name":"/prod/db/password","Type":"SecureString","Value":"`+v+`"}}`, v)
		g.line("password", "parameter", `{"Parameters":[{"ParameterKey":"DBPassword","ParameterValue":"`+v+`"}]}`, v)
		v = g.chars('b', 170) + "=="
		g.text("private-key", "xml", "<RSAKeyValue><Modulus>x</Modulus><D>"+v+"</D></RSAKeyValue>", v)
		v = g.chars('a', 5) + "#" + g.chars('n', 2) + g.chars('a', 5)
		g.text("url-password", "sign", "DATABASE_URL=postgres://app:"+v+"@db:5432/x", v)
	}
	var lines, objects []string
	for k := range 12 {
		l := g.chars('a', 60) + "9aZ" + g.chars('n', 1)
		lines = append(lines, l)
		objects = append(objects, fmt.Sprintf(`{"type":"add","ln":%d,"content":"%s"}`, k, l))
	}
	begin, end := "-----BEGIN EC PRIVATE "+"KEY-----", "-----END EC PRIVATE "+"KEY-----"
	g.line("private-key", "array", `{"lines":["`+begin+`","`+strings.Join(lines, `","`)+`","`+end+`"]}`, lines[5])
	g.line("private-key", "objects", `{"hunk":[{"content":"`+begin+`"},`+strings.Join(objects, ",")+`,{"content":"`+end+`"}]}`, lines[11])
	g.line("", "array", `{"lines":["-----BEGIN PUBLIC KEY-----","`+strings.Join(lines, `","`)+`"]}`, "")
	g.text("private-key", "html", "<pre>"+begin+"<br>"+strings.Join(lines, "<br>")+"<br>"+end+"</pre>", lines[5])
	for k, t := range []string{
		"| Field | Type | Description |\n|---|---|---|\n| password | string | The password, min 8 chars |", "│ API_TOKEN │ string │ required │", "3) \"password\"\n4) \"string\"",
		"jwt.sign({ id: user.id }, process.env.JWT_SECRET, { algorithm: 'HS256' })", "crypto.createHmac('sha256', secret).update(body)", "aws ssm put-parameter --name /prod/db/host --value db-1.acme.io --type String",
		"INSERT INTO users (name, password) VALUES (?, ?)", "INSERT INTO stats (id, token_count, name) VALUES (1, 250, 'abc')", "name;token;count\nfoo;bar;3\n", "Field,Type,Password\nname,string,no\n",
		"API_TOKEN,SECRET_KEY,DB_PASSWORD", "password (PBKDF2)", "token `v2.0.1-beta` was added", "ACL SETUSER bob on nopass ~cached:* +get", "expect \"password:\"\nsend \"$password\\r\"", "child.expect('password:')\nchild.sendline(password)",
		"publicKeyToken=b77a5c561934e089", "cursor token: eyJvZmZzZXQiOjEwfQ==", "postgres://postgres:postgres@localhost/x", "amqp://guest:guest@localhost:5672/", "密码：******", "请输入密码：", "パスワードは8文字以上", "비밀번호: 필수",
		"Пароль: обязательное поле", "Senha: mínimo 8 caracteres", "Das Passwort lautet anders", "Password has been reset to its default", "new PDO($dsn, 'root', '')", "getConnection(\"jdbc:h2:mem:test\", \"sa\", \"\")",
		"public string Password { get; set; } = string.Empty;", "password = \"\"\"The password to use.\"\"\"", "<property><name>fs.s3a.secret.key</name><value>${env.AWS_SECRET}</value></property>", "WWW-Authenticate: Digest realm=\"x\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c0\"",
		"https://acme.io:8443/a/@scope/pkg1", "Pwd={0};Database={1}", "std::token::TokenKind", "user2 is identified by id42",
	} {
		g.text("", fmt.Sprintf("context-%d", k+1), t, "")
	}
}
