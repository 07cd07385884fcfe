//go:build js

package view

import (
	"strconv"
	"strings"
	"syscall/js"
	"testing"

	"flopbook/app/state"
	"flopbook/core/scenario"
)

func press(el js.Value, key string) {
	e := js.Global().Get("KeyboardEvent").New("keydown", map[string]any{"key": key, "bubbles": true, "cancelable": true})
	el.Call("dispatchEvent", e)
}

func point(el js.Value, kind string, x int) {
	el.Call("dispatchEvent", js.Global().Get("PointerEvent").New(kind, map[string]any{"clientX": x, "clientY": 10, "button": 0, "pointerId": 1, "bubbles": true, "cancelable": true}))
}

func focused() string {
	return js.Global().Get("document").Get("activeElement").Get("id").String()
}

func TestTheSentenceIsItsOwnControl(t *testing.T) {
	p, settle := mounted(t)
	p.h.send(state.Follow{Fragment: "v1;tokens=100B;gpus=8"})
	one(t, "nav a").Call("click") // any event of the page draws it anew
	settle()
	gpus := func() float64 { return p.h.m.Case.Num[scenario.GPUs].R.V }
	word := func() js.Value { return one(t, "#say-gpus") }

	t.Run("sliders stand where the values are", func(t *testing.T) {
		all := js.Global().Get("document").Call("querySelectorAll", "[data-slide]")
		if all.Length() < 8 {
			t.Fatalf("%d sliders", all.Length())
		}
		for i := range all.Length() {
			s := all.Index(i)
			n, _ := scenario.NumByKey(s.Get("dataset").Get("slide").String())
			if want, got := strconv.Itoa(state.Position(n, p.h.answer.In.V(n))), s.Get("value").String(); got != want {
				t.Errorf("%s stands at %s, want %s", scenario.Nums[n].Key, got, want)
			}
		}
	})

	t.Run("arrows take the next round value", func(t *testing.T) {
		press(word(), "ArrowUp")
		settle()
		if gpus() != 12 {
			t.Errorf("%v GPUs", gpus())
		}
	})

	t.Run("a digit opens the box, and writing stays in it", func(t *testing.T) {
		word().Call("focus")
		press(word(), "4")
		settle()
		if focused() != "write-gpus" {
			t.Fatalf("the focus is on %q", focused())
		}
		for _, text := range []string{"4", "4b", "4 bananas"} {
			box := one(t, "#write-gpus")
			box.Set("value", text)
			fire(box, "input")
			settle()
			if focused() != "write-gpus" {
				t.Fatalf("%q: the focus went to %q", text, focused())
			}
		}
		if told := one(t, ".answer + .bad").Get("textContent").String(); !strings.Contains(told, "bananas") {
			t.Errorf("told %q", told)
		}
		if gpus() != 4 {
			t.Errorf("nonsense made it %v GPUs", gpus())
		}
		box := one(t, "#write-gpus")
		box.Set("value", "40")
		fire(box, "input")
		press(box, "Enter")
		settle()
		if gpus() != 40 || focused() != "say-gpus" {
			t.Errorf("%v GPUs, focus on %q", gpus(), focused())
		}
	})

	t.Run("dragging is one step to undo", func(t *testing.T) {
		w := word()
		point(w, "pointerdown", 100)
		for x := 110; x <= 220; x += 10 {
			point(w, "pointermove", x)
			settle()
		}
		point(w, "pointerup", 220)
		settle()
		if gpus() != 80 {
			t.Errorf("120 pixels from 40 make %v", gpus())
		}
		one(t, `[data-test="undo"]`).Call("click")
		settle()
		if gpus() != 40 {
			t.Errorf("undo goes to %v", gpus())
		}
	})

	t.Run("a click alone opens the box", func(t *testing.T) {
		point(word(), "pointerdown", 100)
		point(word(), "pointerup", 101)
		settle()
		if focused() != "write-gpus" || gpus() != 40 {
			t.Errorf("focus on %q, %v GPUs", focused(), gpus())
		}
		press(one(t, "#write-gpus"), "Escape")
		settle()
	})
}

func TestALinkThatShowedOtherNumbersSaysSo(t *testing.T) {
	p, settle := mounted(t)
	p.h.send(state.Follow{Fragment: "v1;release=2025.01;shown=days:1,cost:5"})
	one(t, `[data-test="theme"]`).Call("click")
	settle()
	says := strings.ReplaceAll(one(t, "[data-test=then]").Get("textContent").String(), "\u00a0", " ")
	for _, want := range []string{"release 2025.01", "this is release " + scenario.Release, "Then 1 day, $5; now "} {
		if !strings.Contains(says, want) {
			t.Errorf("%q lacks %q", says, want)
		}
	}
}
