package policy

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"agenttrace/lib/text"
)

// sarif is the part of SARIF 2.1.0 (OASIS standard) that a report uses.
type sarif struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver struct {
			Name  string      `json:"name"`
			Rules []sarifRule `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifRule struct {
	ID    string    `json:"id"`
	Short sarifText `json:"shortDescription"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	Rule      string            `json:"ruleId"`
	Level     string            `json:"level"`
	Message   sarifText         `json:"message"`
	Locations []sarifLocation   `json:"locations"`
	Prints    map[string]string `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
	} `json:"physicalLocation"`
	Logical []struct {
		Name string `json:"fullyQualifiedName"`
	} `json:"logicalLocations"`
}

var ruleTexts = map[string]string{
	"files.read.deny": "A file was read that the policy denies", "files.read.allow": "A file was read that the policy does not allow",
	"files.write.deny": "A file was written that the policy denies", "files.write.allow": "A file was written that the policy does not allow",
	"commands.deny": "A command ran that the policy denies", "commands.allow": "A command ran that the policy does not allow",
	"network.deny": "A host was contacted that the policy denies", "network.deny_all": "A host was contacted that the policy does not allow",
	"network.allow": "A host was contacted that the policy does not allow", "tools.deny": "A tool was called that the policy denies",
	"tools.allow": "A tool was called that the policy does not allow", "unknown": "What a call does cannot be told before it runs",
	"sensitive": "A sensitive file was used", "policy.self": "The policy was written",
}

// WriteSARIF writes the violations and uses of sensitive files of all sessions
// as one SARIF document. policyFile stands for the place of what is not about
// a file.
func (a *Audit) WriteSARIF(w io.Writer, policyFile string) error {
	doc := sarif{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: make([]sarifRun, 1)}
	run := &doc.Runs[0]
	run.Tool.Driver.Name = "at-audit"
	run.Results = []sarifResult{}
	run.Tool.Driver.Rules = []sarifRule{}
	var rules []string
	for _, s := range a.order {
		for _, e := range s.Entries {
			if e.Outcome == Prevented || !e.Verdict.Violates() && !e.Sensitive {
				continue
			}
			r := sarifResult{Rule: e.Rule, Level: "error", Message: sarifText{text.Line(e.Action, 0) + ": " + e.Reason}}
			switch {
			case !e.Verdict.Violates():
				r.Rule, r.Level, r.Message.Text = "sensitive", "note", text.Line(e.Action, 0)+": a sensitive file"
			case e.Verdict == Unknown:
				r.Level = "warning"
			}
			var at sarifLocation
			at.Physical.Artifact.URI = policyFile
			if (e.Kind == "read" || e.Kind == "write") && !strings.HasPrefix(e.Subject, "/") && !strings.HasPrefix(e.Subject, "~") && !strings.HasPrefix(e.Subject, "..") {
				at.Physical.Artifact.URI = uri(e.Subject)
			}
			at.Logical = append(at.Logical, struct {
				Name string `json:"fullyQualifiedName"`
			}{fmt.Sprintf("%s#%d", s.ID, e.Event)})
			r.Locations = []sarifLocation{at}
			r.Prints = map[string]string{"event/v1": s.ID + "/" + e.ID + "/" + e.Kind + "/" + e.Subject}
			run.Results = append(run.Results, r)
			if !slices.Contains(rules, r.Rule) {
				rules = append(rules, r.Rule)
			}
		}
	}
	slices.Sort(rules)
	for _, id := range rules {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{id, sarifText{ruleTexts[id]}})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// uri escapes a relative path.
func uri(p string) string {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		c := p[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// The form of JUnit reports that CI systems read.
type junit struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// WriteJUnit writes a test suite a session: what a rule speaks of is a test, a
// violation a failure, and what was prevented is skipped.
func (a *Audit) WriteJUnit(w io.Writer) error {
	var doc junit
	for _, s := range a.order {
		suite := junitSuite{Name: text.Safe(s.ID)}
		for _, e := range s.Entries {
			if e.Verdict == None {
				continue
			}
			c := junitCase{Name: fmt.Sprintf("#%d %s", e.Event, text.Line(e.Action, 200)), Class: suite.Name}
			switch {
			case e.Verdict.Violates() && e.Outcome == Prevented:
				c.Skipped = &junitSkipped{"prevented: " + e.Reason}
				suite.Skipped++
			case e.Verdict.Violates():
				c.Failure = &junitFailure{e.Reason, e.Rule, text.Line(e.Action, 0)}
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, c)
		}
		suite.Tests = len(suite.Cases)
		doc.Tests += suite.Tests
		doc.Failures += suite.Failures
		doc.Suites = append(doc.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
