//go:build js

package view

import (
	"strings"
	"syscall/js"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// mounted puts the page into the document and returns a way to settle it.
func mounted(t *testing.T) (p *page, settle func()) {
	t.Helper()
	if !js.Global().Get("document").Truthy() {
		t.Skip("needs a document")
	}
	// What the test before left in the address.
	js.Global().Get("history").Call("replaceState", nil, "", js.Global().Get("location").Get("pathname"))
	e := app.NewTestEngine()
	p = newPage()
	if err := e.Load(p); err != nil {
		t.Fatal(err)
	}
	e.ConsumeAll()
	return p, e.ConsumeAll
}

func one(t *testing.T, selector string) js.Value {
	t.Helper()
	v := js.Global().Get("document").Call("querySelector", selector)
	if !v.Truthy() {
		t.Fatalf("nothing matches %s", selector)
	}
	return v
}

func fire(el js.Value, kind string) {
	el.Call("dispatchEvent", js.Global().Get("Event").New(kind, map[string]any{"bubbles": true, "cancelable": true}))
}

func typeIn(t *testing.T, key, text string) {
	t.Helper()
	el := one(t, `[data-field="`+key+`"]`)
	el.Set("value", text)
	fire(el, "input")
}

func TestOnARealDocument(t *testing.T) {
	p, settle := mounted(t)
	one(t, `[data-test="door-gpus"]`).Call("click")
	settle()
	answer := func() string { return one(t, `[data-test="answer"]`).Get("textContent").String() }
	first := answer()
	if !strings.Contains(first, "you need") {
		t.Fatalf("after the door: %s", first)
	}

	t.Run("a typed number moves the answer", func(t *testing.T) {
		typeIn(t, "days", "1")
		settle()
		if answer() == first {
			t.Error("the answer stands still")
		}
	})

	t.Run("nonsense is told beside the field and keeps the answer", func(t *testing.T) {
		typeIn(t, "tokens", "200B")
		settle()
		good := answer()
		typeIn(t, "days", "bananas")
		settle()
		if one(t, `[data-field="days"]`).Call("getAttribute", "aria-invalid").String() != "true" {
			t.Error("the field does not say that it is invalid")
		}
		if told := one(t, "#bad-days").Get("textContent").String(); !strings.Contains(told, "bananas") {
			t.Errorf("told %q", told)
		}
		if answer() != good {
			t.Errorf("the answer moved to %s", answer())
		}
	})

	t.Run("an emptied field goes back to what is assumed", func(t *testing.T) {
		typeIn(t, "days", "")
		settle()
		if one(t, `[data-field="days"]`).Call("hasAttribute", "aria-invalid").Bool() {
			t.Error("still invalid")
		}
	})

	t.Run("a slider takes whole steps", func(t *testing.T) {
		s := one(t, `[data-slide="tokens"]`)
		before := p.h.m.Case
		s.Set("value", "10")
		fire(s, "input")
		settle()
		if p.h.m.Case == before {
			t.Error("the case stands still")
		}
	})

	t.Run("a number opens to its formula", func(t *testing.T) {
		one(t, `[data-open="cost"]`).Call("click")
		settle()
		if one(t, `[data-test="work"] math`).Get("namespaceURI").String() != "http://www.w3.org/1998/Math/MathML" {
			t.Error("the formula is no MathML")
		}
	})

	t.Run("undo takes everything back, step by step", func(t *testing.T) {
		for range 20 {
			b := one(t, `[data-test="undo"]`)
			if b.Get("disabled").Bool() {
				break
			}
			b.Call("click")
			settle()
		}
		if p.h.m.CanUndo() {
			t.Error("there is still something to undo")
		}
	})
}
