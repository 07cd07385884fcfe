//go:build js

package view

import (
	"strings"
	"syscall/js"
	"testing"

	"flopbook/app/state"
)

// A file of two kinds of measurement in two units.
const servedSample = `{"rows":5,"assumed":1,"skipped":[{"why":"flagged: odd","rows":1}],
"regimes":[{"name":"decoding","left":"GPU","rows":3,"median":0.1,"p90":0.3,"bias":-0.05,"inside":0.667},{"name":"GPU power","left":"model","rows":1,"median":0.5,"p90":0.5,"bias":0.5,"inside":0}],
"peers":[{"name":"roofline","rows":3,"theirs":{"median":0.4,"p90":0.6},"ours":{"median":0.1,"p90":0.3}}],
"sets":[{"regime":0,"unit":"tok/s","measured":[10,20,30],"predicted":[11,19,40],"inside":"110"},{"regime":1,"unit":"W","measured":[200],"predicted":[300],"inside":"0"}]}`

func TestServingOnAccuracy(t *testing.T) {
	_, settle := mounted(t)
	doc := js.Global().Get("document")
	block := doc.Call("createElement", "script")
	block.Set("type", "text/plain")
	block.Set("id", "accuracy-serving")
	block.Set("textContent", servedSample)
	doc.Get("head").Call("append", block)
	defer block.Call("remove")
	one(t, `[data-go="`+itoa(int(state.Accuracy))+`"]`).Call("click")
	settle()
	settle()

	text := func(selector string) string { return one(t, selector).Get("textContent").String() }
	if says := text(`[data-test="serving-says"]`); !strings.Contains(says, "5, of which 4 can be predicted") {
		t.Error(says)
	}
	section := text(".serving-held")
	for _, want := range []string{"decoding", "GPU power", "roofline", "flagged: odd: 1", "1 rows that are not predicted", "−5"} {
		if !strings.Contains(section, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	caption := func() string { return text(`[data-chart="held-serving"] figcaption`) }
	if !strings.HasPrefix(caption(), "3 measurements") {
		t.Error(caption())
	}
	choose := one(t, "#served-unit")
	if n := choose.Get("options").Length(); n != 2 {
		t.Errorf("%d units offered", n)
	}
	choose.Set("value", "W")
	fire(choose, "change")
	settle()
	if !strings.HasPrefix(caption(), "1 measurements") {
		t.Error(caption())
	}
}
