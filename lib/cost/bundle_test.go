package cost

import (
	"fmt"
	"testing"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
)

// TestBundles checks that bundles come to what their answers do, in reports and
// records, whatever the grouping, and that what cannot be told of sums is left
// alone.
func TestBundles(t *testing.T) {
	var events []event.Event
	add := func(line string) {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	add(`{"event_type":"session_start","timestamp":1785578400,"session_id":"s","data":{"agent":"claude-code","agent_version":"2.1.20"}}`)
	models := []string{"claude-opus-4-7", "claude-sonnet-4-5", "deepseek-chat", "no-such-model", "claude-haiku-4-5-20251001"}
	for i := range 400 {
		stop := []string{"", `"stop_reason":"end_turn",`}[i%2]
		more := []string{"", "", `,"service_tier":"batch"`, `,"speed":"fast"`, `,"web_search_requests":3`, `,"inference_geo":"us"`}[i%6]
		add(fmt.Sprintf(`{"event_type":"llm_response","timestamp":%d,"session_id":"s","data":{"model":%q,"message_id":"msg_%d",%s"usage":{"input_tokens":%d,"output_tokens":%d,"cache_read_tokens":%d,"cache_write_1h_tokens":%d}%s}}`,
			1785578400+i*131, models[i%5], i, stop, i, 7*i+1, (i%7)*60_000, i%11*100, more))
	}
	bundled := 0
	for _, by := range []By{ByNothing, BySession, ByModel, ByAgent, ByDay} {
		for _, zone := range []int{0, 5*3600 + 2700, -3*3600 - 1800} {
			o := Options{By: by, Zone: time.FixedZone("", zone)}
			one, two, b := New(o), New(o), NewBundler()
			if !two.Bundles() {
				t.Fatalf("by %q there are no bundles", by)
			}
			for _, e := range events {
				one.Add(e)
				if !e.Is("llm_response") {
					two.Add(e)
					continue
				}
				var a Answer
				a.Read(e)
				if b.Add(e.SessionRaw(), &a) {
					bundled++
				} else {
					two.AddAnswer(e.SessionRaw(), &a)
				}
			}
			for _, v := range b.Bundles {
				two.AddBundle([]byte(v.Session), v)
			}
			one.Close()
			two.Close()
			want, got := string(one.AppendText(nil)), string(two.AppendText(nil))
			for i, s := range one.Sessions() {
				want, got = string(one.Record([]byte(want), s)), string(two.Record([]byte(got), two.Sessions()[i]))
			}
			if got != want {
				t.Errorf("by %q, %d:\n%s\nwant:\n%s", by, zone, got, want)
			}
			if len(b.Bundles) > 300 {
				t.Errorf("%d bundles of %d answers", len(b.Bundles), len(events))
			}
		}
	}
	if bundled == 0 {
		t.Error("nothing was bundled")
	}
	for _, o := range []Options{{By: ByTool}, {By: ByPhase}, {By: ByTurn}, {By: ByFile}, {Carry: true}, {Waste: true}, {Phases: true}, {Model: "x"},
		{WhatIf: "x"}, {Own: &price.Row{}}, {Prices: price.Default.AsOf(time.Unix(1e9, 0))}, {Prices: price.Default.With(&price.Table{})}} {
		if New(o).Bundles() {
			t.Errorf("%+v: bundles", o)
		}
	}
}
