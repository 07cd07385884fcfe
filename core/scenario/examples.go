package scenario

// A Story is a named example of a model that is trained once and then serves: a
// whole scenario with a link of its own.
type Story struct {
	Key, Name string
	Says      string // who asks for what, in one sentence
	Case      Scenario
}

// Stories lists the examples of the trade between training and serving. Demand
// that nobody published is made up, and said to be.
func Stories() []Story {
	build := func(key, name, says string, fields ...string) Story {
		s := Story{Key: key, Name: name, Says: says}
		for i := 0; i+1 < len(fields); i += 2 {
			if p, known := s.Case.set(fields[i], fields[i+1]); p != nil || !known {
				panic("scenario: story " + key + ": " + fields[i] + "=" + fields[i+1]) // constant texts, which a test reads
			}
		}
		return s
	}
	return []Story{
		build("code-assistant", "A code assistant",
			"The first Copilot's model completes code for a million programmers, 50 times a day each, in the rhythm of Azure's coding trace.",
			"model", "codex-12b", "gpus", "256", "workload", "azure-code", "people", "1M", "questions", "50",
			"tpot", "25 ms", "ttft", "1 s", "cached", "30 %", "spare_copies", "1", "on_call", "5"),
		build("support-chatbot", "A support chatbot with retrieval",
			"Llama 3.1 8B, taught a company's tone with an adapter, answers 20,000 customers from passages of its manuals.",
			"model", "llama-3.1-8b", "optimizer", "lora", "tokens", "200M", "gpus", "8", "people", "20,000", "questions", "3",
			"in", "300", "out", "250", "retrieved", "2500", "cached", "25 %", "spare_copies", "1", "on_call", "0.5"),
		build("speech", "A speech model",
			"Whisper writes down what 100,000 people say, ten minutes a day each, in windows of 30 seconds.",
			"model", "whisper-large", "gpus", "64", "people", "100,000", "questions", "20", "ttft", "5 s", "spare_copies", "1", "on_call", "1"),
		build("image", "An image model",
			"A diffusion transformer of Stable Diffusion's size draws five pictures a day for 200,000 people.",
			"model", "dit-xl-2", "gpus", "64", "people", "200,000", "questions", "5", "spare_copies", "1", "on_call", "1"),
		build("frontier-chat", "A frontier chat model",
			"DeepSeek-V3 as DeepSeek disclosed one day of February 2025: 608 billion tokens in, 56.3 % of them cached, 168 billion out, on H800 at $2 an hour that follow the traffic.",
			"model", "deepseek-v3", "accelerator", "h800", "precision", "fp8", "gpus", "2048", "price", "2",
			"people", "50M", "questions", "5", "in", "2432", "out", "672", "cached", "56.3 %", "kv_precision", "bf16",
			"fleet", "follow", "peak_to_mean", "1.23", "headroom", "0 %", "ops_share", "0 %"),
	}
}

// FindStory finds an example by its key, nil where there is none.
func FindStory(key string) *Story {
	all := Stories()
	for i := range all {
		if all[i].Key == key {
			return &all[i]
		}
	}
	return nil
}
