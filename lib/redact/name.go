package redact

import "bytes"

// nature is what a name says of the value beside it.
type nature uint8

const (
	noSecret nature = iota
	aPassword
	aSecret
	aToken
	aKey     // a key with a word before it that says what for
	someKey  // a key of which it is not said what for: its value must look like one
	anAuth   // a header with credentials
	aCookie  // a header with pairs of which some are credentials
	aSigned  // the signature of a request
	aPhrase  // the words of a seed
	aConnect // a connection string: only the password in it goes
)

// ruleOf returns the rule that replaces a value with a name of this nature.
func (n nature) rule() string {
	switch n {
	case aPassword:
		return "password"
	case aSecret:
		return "secret"
	case aToken:
		return "token"
	case aKey, someKey:
		return "api-key"
	case anAuth, aCookie:
		return "authorization"
	case aSigned:
		return "signature"
	}
	return "seed-phrase"
}

// maxName is the longest name that is looked at, in bytes.
const maxName = 80

// lastWords are words at the end of a name that say nothing of what the value
// is.
var lastWords = set("prod dev test staging stage live sandbox value val string str text txt raw plain base64 b64 hex new old current " +
	"primary secondary default local base env var arg param field1 main root backup override encoded plaintext v1 v2 v3 in")

// passwordWords, and the like, are the last words of names of secrets.
var (
	passwordWords = set("password passwords passwd passwds passphrase passphrases passcode pwd pw pass userpass dbpass smtppass mypass " +
		"rootpass adminpass mysqlpwd dbpwd userpwd dbpasswd userpassword dbpassword rootpassword adminpassword mypassword newpassword oldpassword " +
		"kennwort passwort contraseña senha пароль Пароль ПАРОЛЬ wachtwoord hasło lösenord şifre passe keypass storepass requirepass masterauth bindpw rootpw userpw psk wpapsk")
	secretWords = set("secret secrets clientsecret appsecret secretkey secretaccesskey sharedsecret credential credentials creds cred mysecret jwtsecret apisecret")
	tokenWords  = set("token tokens bearer authtoken accesstoken refreshtoken apitoken sessiontoken bearertoken idtoken usertoken bottoken githubtoken jwt jwts pat csrftoken mytoken")
	keyWords    = set("apikey apikeys accesskey privatekey authkey encryptionkey masterkey sharedkey accountkey appkey clientkey sharedaccesskey licensekey servicekey deploykey secretkeys passkey")
	phraseWords = set("mnemonic seedphrase recoveryphrase mnemonics")
	authWords   = set("authorization proxyauthorization xauthorization")
	cookieWords = set("cookie cookies setcookie")
	signWords   = set("signature sig hmac")
	dsnWords    = set("dsn connectionstring connstr connstring databaseurl dburl")

	// keyFor are the words before key that make it a secret.
	keyFor = set("api secret private access encryption encrypt signing sign master auth account service app application hmac jwt ssh deploy webhook " +
		"client shared preshared storage admin cipher crypto aes rsa subscription license licence function functions host integration write read ingest rest server " +
		"session project user anon fernet token bearer decryption credential consumer root super write management")
	// notFor are the words before key with which it is not.
	notFor = set("public pub primary foreign partition sort cache row hash idempotency range lookup index unique composite natural group map object " +
		"dict json data item sub i18n translation message arrow enter modifier hot short shortcut press return escape tab shift ctrl control alt meta cmd " +
		"left right up down home end any last first next prev previous storage_ query param config setting registry env react list trace metric label tag s3 " +
		"publishable socket routing dedup dedupe surrogate candidate entity event feature flag search filter host_ known node property attribute field column record " +
		"option cookie turn prompt step task file path template locale lang language section menu tree nav route keyboard issue jira ticket story epic")
	// notToken are the words before token with which it is not.
	notToken = set("next page continuation sync pagination cursor start end eos bos pad unk mask sep cls special max min num total first last per input output prompt " +
		"completion cache cached stop skip current prev previous punctuation keyword operator comment type lexer syntax semantic parser resume scroll " +
		"design color colour theme css style invalid missing unexpected expected each every by this that the a cancellation cancel")
	// notPassword are the words before password with which it is not.
	notPassword = set("forgot reset change update confirm show hide toggle has is no invalid wrong incorrect missing enter require requires required must bypass test_ all by com tres sur tres first second last two one 1st low high single multi full")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range bytes.Fields([]byte(words)) {
		m[string(w)] = true
	}
	return m
}

// natureOf tells what a name says of its value.
func natureOf(name []byte) nature {
	if len(name) > maxName {
		name = name[len(name)-maxName:]
	}
	var room [maxName]byte
	w := newWords(room[:0], name)
	last, ok := w.next()
	for n := 0; ok && n < 2 && (lastWords[string(last)] || number(last)); n++ {
		last, ok = w.next()
	}
	if !ok {
		return noSecret
	}
	s := string(last)
	switch {
	case passwordWords[s] || tail(s, "password") || tail(s, "passwd") || tail(s, "passphrase"):
		before, more := w.next()
		if (s == "pass" || s == "pw") && more && notPassword[string(before)] {
			return noSecret
		}
		if more && (s == "password" || s == "passwords") && verb[string(before)] && !isUpper(name[0]) {
			return noSecret
		}
		return aPassword
	case s == "tokens":
		if before, more := w.next(); !more || notToken[string(before)] || before[len(before)-1] != 's' && !tokenOf[string(before)] {
			if !more {
				return someKey
			}
			return noSecret
		}
		return aToken
	case s == "pat":
		if isUpper(name[len(name)-1]) {
			return aToken
		}
		return noSecret
	case tokenWords[s] || tail(s, "token"):
		before, more := w.next()
		if more && notToken[string(before)] {
			return noSecret
		}
		if more && string(before) == "key" {
			if before, more = w.next(); more && string(before) == "public" {
				return noSecret // PublicKeyToken, of an assembly of .NET
			}
		}
		return aToken
	case secretWords[s] || tail(s, "secret"):
		return aSecret
	case authWords[s] || tail(s, "authorization"):
		return anAuth
	case keyWords[s] || tail(s, "apikey") || tail(s, "secretkey"):
		return aKey
	case s == "key" || s == "keys":
		return keyNature(&w)
	case s == "oauth":
		if before, more := w.next(); more && (string(before) == "github" || string(before) == "gitlab") {
			return aToken
		}
	case s == "id":
		return noSecret
	case s == "auth" || s == "salt" || s == "login":
		before, more := w.next()
		switch {
		case more && s == "auth" && string(before) == "redis":
			return aPassword
		case s == "login" && !(more && (string(before) == "sonar" || tail(string(before), "sonar"))):
			return noSecret // SonarQube takes a token there
		}
		return someKey
	case cookieWords[s]:
		return aCookie
	case signWords[s]:
		return aSigned
	case phraseWords[s]:
		return aPhrase
	case s == "phrase" || s == "seed" || s == "words":
		if before, more := w.next(); more && (string(before) == "seed" || string(before) == "recovery" || string(before) == "backup" || string(before) == "wallet" || string(before) == "mnemonic" || string(before) == "secret") {
			return aPhrase
		}
	case dsnWords[s] || s == "url" || s == "uri":
		return aConnect
	case s == "string":
		return aConnect
	}
	return noSecret
}

// verb are the words that make a name of a function or a message of password.
var verb = set("forgot reset change update confirm show hide toggle has is no invalid wrong incorrect missing require requires verify validate check set get hash compare")

// tokenOf are the words before tokens that are about credentials.
var tokenOf = set("access refresh auth api bearer bot session user device oauth personal")

func keyNature(w *words) nature {
	before, more := w.next()
	if !more {
		return someKey
	}
	s := string(before)
	switch {
	case notFor[s]:
		return noSecret
	case s == "access", s == "secret", keyFor[s]:
		return aKey
	}
	return someKey
}

func number(w []byte) bool {
	for _, c := range w {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

// tail reports whether a word of several written as one ends in this one.
func tail(s, end string) bool {
	return len(s) > len(end) && s[len(s)-len(end):] == end
}

// words gives the words of a name from its end: it is divided at everything
// that is no letter or digit, and at the humps of camel case.
type words struct {
	name []byte
	room []byte
}

func newWords(room, name []byte) words { return words{name, room} }

func (w *words) next() ([]byte, bool) {
	end := len(w.name)
	for end > 0 && !alnum(w.name[end-1]) && w.name[end-1] < 0x80 {
		end--
	}
	if end == 0 {
		return nil, false
	}
	i := end - 1
	for i > 0 && (alnum(w.name[i-1]) || w.name[i-1] >= 0x80) {
		c, p := w.name[i], w.name[i-1]
		if isUpper(c) && (isLower(p) || isDigit(p)) {
			break // aB
		}
		if isUpper(p) && isLower(c) && i >= 2 && isUpper(w.name[i-2]) {
			i-- // ABc: the hump begins at B
			break
		}
		if isDigit(c) != isDigit(p) && isDigit(c) && i == end-1 && end-i == 1 && !isHexWord(w.name[:end]) {
			break // password2
		}
		i--
	}
	word := w.room[len(w.room):]
	for _, c := range w.name[i:end] {
		if isUpper(c) {
			c += 'a' - 'A'
		}
		word = append(word, c)
	}
	w.room = w.room[:len(w.room)+len(word)]
	w.name = w.name[:i]
	return word, true
}

// isHexWord reports whether a name ends in the words base64 or b64, whose
// digits are a part of them.
func isHexWord(name []byte) bool {
	return bytes.HasSuffix(name, []byte("64"))
}
