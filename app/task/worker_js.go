package task

import "syscall/js"

// Asked reports whether the program runs in a worker with a question.
func Asked() bool { return js.Global().Get("flopbookTask").Truthy() }

// Answer answers the worker's question (see web/task.js).
func Answer() {
	q := js.Global().Get("flopbookTask")
	text, err := Run(q.Get("kind").String(), q.Get("about").String(), func(share float64, text string) { q.Call("tell", share, text) })
	if err != nil {
		panic(err)
	}
	q.Call("answer", text)
}
