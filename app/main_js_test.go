//go:build js

package main

import (
	"strings"
	"syscall/js"
	"testing"
	"time"
)

// The whole page starts on an empty document and comes to an answer.
func TestThePageTakesOverTheDocumentAndAnswers(t *testing.T) {
	doc := js.Global().Get("document")
	if !doc.Truthy() {
		t.Skip("needs a document")
	}
	shell := doc.Get("body").Get("firstElementChild")
	go main()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("no answer after 20 s in %.300s", doc.Get("body").Get("textContent").String())
		}
		answer := doc.Call("querySelector", `[data-test="answer"]`)
		if !answer.Truthy() {
			continue
		}
		if text := answer.Get("textContent").String(); strings.ContainsAny(text, "0123456789") {
			break
		}
	}
	if doc.Get("body").Get("firstElementChild").Equal(shell) {
		t.Error("the shell still stands in the app's place")
	}
}
