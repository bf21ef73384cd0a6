package mask

import (
	"fmt"
	"strings"
)

// A kind is a class of personal data. It is the name in the replacement.
type kind uint8

const (
	none kind = iota
	email
	phone
	card
	ssn
	iban
	awsAccount
	ip
	user
	name
	birthDate
	address
	document
	userID
	kinds
)

// kindInfo tells what a kind covers.
var kindInfo = [kinds]struct{ name, what string }{
	email:      {"email", "e-mail addresses, and what stands under keys such as email"},
	phone:      {"phone", "phone numbers: with a country code, in national forms, after words such as Tel., under keys such as phone"},
	card:       {"card", "payment cards: by issuer, length and check digit; security codes under keys such as cvv"},
	ssn:        {"ssn", "US social security numbers"},
	iban:       {"iban", "bank accounts: IBANs by country, length and check digits; account numbers under keys"},
	awsAccount: {"aws-account", "the account in ARNs, ECR and SQS addresses, and after words such as account"},
	ip:         {"ip", "public IPv4 and IPv6 addresses (only with --ip)"},
	user:       {"user", "the user's name in paths of home directories, and under keys such as username"},
	name:       {"name", "under keys such as first_name and full_name"},
	birthDate:  {"birth-date", "under keys such as date_of_birth, and after DOB"},
	address:    {"address", "postal addresses under keys such as address, street and zip_code"},
	document:   {"document", "under keys such as passport_number, drivers_license and tax_id"},
	userID:     {"user-id", "under keys such as user_id, customer_id and account_id"},
}

func (k kind) String() string { return kindInfo[k].name }

// A Kind is a class of personal data that can be masked.
type Kind struct{ Name, Description string }

// Kinds lists what m masks: its kinds and the patterns.
func (m *Masker) Kinds() []Kind {
	var list []Kind
	for k := none + 1; k < kinds; k++ {
		if m.on[k] {
			list = append(list, Kind{kindInfo[k].name, kindInfo[k].what})
		}
	}
	for _, p := range m.patterns {
		list = append(list, Kind{p.Name, p.RE.String()})
	}
	return list
}

// parseKinds reads names of kinds, several of them separated by commas.
func parseKinds(lists []string) (map[kind]bool, error) {
	set := map[kind]bool{}
	for _, list := range lists {
		for _, s := range strings.Split(list, ",") {
			k, ok := kindNamed(strings.TrimSpace(s))
			if !ok {
				return nil, fmt.Errorf("no kind of personal data is called %q: want %s", strings.TrimSpace(s), kindNames())
			}
			set[k] = true
		}
	}
	return set, nil
}

func kindNamed(s string) (kind, bool) {
	for k := none + 1; k < kinds; k++ {
		if kindInfo[k].name == s {
			return k, true
		}
	}
	return none, false
}

func kindNames() string {
	var names []string
	for k := none + 1; k < kinds; k++ {
		names = append(names, kindInfo[k].name)
	}
	return strings.Join(names, ", ")
}
