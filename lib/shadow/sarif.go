package shadow

import (
	"encoding/json"
	"fmt"
	"io"

	"agenttrace/lib/text"
)

// The part of SARIF 2.1.0 (OASIS standard) that a report uses.
type (
	sarif struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver struct {
				Name  string      `json:"name"`
				Rules []sarifRule `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		Rule      string            `json:"ruleId"`
		Level     string            `json:"level"`
		Message   sarifText         `json:"message"`
		Locations []sarifLocation   `json:"locations,omitempty"`
		Prints    map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		Line int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

// ruleTexts are the rules of the report.
var ruleTexts = []sarifRule{
	{KindAgent, sarifText{"An AI agent is used that is not approved"}},
	{KindServer, sarifText{"An MCP server is set up that is not approved"}},
	{KindEndpoint, sarifText{"A model is called at an address that is not approved"}},
	{KindPII, sarifText{"Personal data was added in a commit"}},
}

// WriteSARIF writes what is not approved as one SARIF document.
func (r *Report) WriteSARIF(w io.Writer) error {
	doc := sarif{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: make([]sarifRun, 1)}
	run := &doc.Runs[0]
	run.Tool.Driver.Name = "at-audit-tools"
	run.Tool.Driver.Rules = ruleTexts
	run.Results = []sarifResult{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Approved {
			continue
		}
		res := sarifResult{Rule: f.Kind, Level: "error", Message: sarifText{f.message()}}
		if f.Kind == KindPII || f.Confidence == "possible" {
			res.Level = "warning"
		}
		for n, e := range f.Evidence {
			var at sarifLocation
			if e.Path != "" {
				at.Physical = &sarifPhysical{}
				at.Physical.Artifact.URI = uri(e.Path)
				if e.Line > 0 {
					at.Physical.Region = &sarifRegion{e.Line}
				}
			}
			if e.Commit != "" {
				at.Logical = []sarifLogical{{"commit/" + e.Commit}}
			}
			res.Locations = append(res.Locations, at)
			if n == 0 {
				res.Prints = map[string]string{"finding/v1": f.Kind + "/" + text.Safe(f.ID)}
				if f.Kind == KindPII || f.Kind == KindServer {
					res.Prints["finding/v1"] += fmt.Sprintf("/%s/%d/%s", uri(e.Path), e.Line, e.Commit)
				}
			}
		}
		run.Results = append(run.Results, res)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// message says what a finding is.
func (f *Finding) message() string {
	name := text.Line(f.Name, 200)
	switch f.Kind {
	case KindAgent:
		return fmt.Sprintf("%s is not approved (%s%s)", name, f.Confidence, inCommits(f))
	case KindServer:
		msg := fmt.Sprintf("The MCP server %s is not approved", name)
		if f.Server.Unpinned {
			msg += "; " + text.Line(f.Server.Package, 100) + " is fetched in whatever version there is"
		}
		if len(f.Server.Secrets) > 0 {
			msg += "; a secret is written out"
		}
		return msg
	case KindEndpoint:
		return fmt.Sprintf("The LLM endpoint %s is not approved", name)
	}
	return "Personal data: " + name
}

// uri escapes a relative path.
func uri(p string) string {
	var b []byte
	for i := 0; i < len(p); i++ {
		c := p[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~' || c == '/' {
			b = append(b, c)
		} else {
			b = fmt.Appendf(b, "%%%02X", c)
		}
	}
	return string(b)
}
