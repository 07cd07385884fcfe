package scenario

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flopbook/core/model"
)

func readTop(t testing.TB, text []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var top map[string]any
	if err := d.Decode(&top); err != nil {
		t.Fatal(err)
	}
	return top
}

// What the model's page on Hugging Face (the tensors' own count) or its paper
// prints. A tolerance of 0 asks for the exact number.
var configs = []struct {
	name       string
	parameters float64
	tolerance  float64
	window     model.Window
	source     string
}{
	{"gpt2", 124439808, 0, model.Window{}, "openai-community/gpt2"},
	{"opt-6.7b", 6658473984, 0, model.Window{}, "facebook/opt-6.7b, parameters as loaded"},
	{"bloom-560m", 559214592, 0, model.Window{}, "bigscience/bloom-560m"},
	{"gpt-neox-20b", 20554567680, 0, model.Window{}, "Black et al. 2022, table 1: 20,554,567,680"},
	// The stored file repeats the token table; as loaded it is tied. 3,608,744,832 in
	// four bits, where two weights share a byte, is what fine-tuning logs print.
	{"falcon-7b", 6921720704, 0, model.Window{}, "tiiuae/falcon-7b, parameters as loaded"},
	{"phi-2", 2779683840, 0, model.Window{}, "microsoft/phi-2"},
	{"llama-3.1-8b", 8030261248, 0, model.Window{}, "meta-llama/Llama-3.1-8B"},
	{"smollm2-135m", 134515008, 0, model.Window{}, "HuggingFaceTB/SmolLM2-135M"},
	{"mistral-7b", 7241732096, 0, model.Window{Size: 4096, Layers: 32}, "mistralai/Mistral-7B-v0.1"},
	{"mixtral-8x7b", 46702792704, 0, model.Window{}, "mistralai/Mixtral-8x7B-v0.1"},
	{"qwen-7b", 7721324544, 0, model.Window{}, "Qwen/Qwen-7B"},
	{"gpt-j-6b", 6050882784, 0, model.Window{}, "EleutherAI/gpt-j-6b: 6,050,882,784"},
	{"mpt-7b", 6649286656, 0, model.Window{}, "mosaicml/mpt-7b"},
	{"dbrx", 132e9, 0.005, model.Window{}, "databricks/dbrx-base: 132B"},
	{"qwen2.5-7b", 7615616512, 0, model.Window{}, "Qwen/Qwen2.5-7B"},
	{"qwen3-8b", 8190735360, 0, model.Window{}, "Qwen/Qwen3-8B"},
	{"qwen3-30b-a3b", 30532122624, 0, model.Window{}, "Qwen/Qwen3-30B-A3B"},
	{"gemma-2-9b", 9241705984, 0, model.Window{Size: 4096, Layers: 21}, "google/gemma-2-9b"},
	{"gemma-3-1b", 999885952, 0, model.Window{Size: 512, Layers: 22}, "google/gemma-3-1b-pt"},
	{"gemma-3-4b", 3.88e9, 0.005, model.Window{Size: 1024, Layers: 29}, "Gemma 3 report, table 1: 675M embedding + 3,209M"},
	{"phi-3-mini", 3821079552, 0, model.Window{Size: 2047, Layers: 32}, "microsoft/Phi-3-mini-4k-instruct"},
	{"deepseek-v2-lite", 15706484224, 0, model.Window{}, "deepseek-ai/DeepSeek-V2-Lite"},
	{"deepseek-v3", 671026419200, 0, model.Window{}, "deepseek-ai/DeepSeek-V3, without the extra prediction layer"},
	{"gpt-oss-20b", 20914757184, 0, model.Window{Size: 128, Layers: 12}, "openai/gpt-oss-20b"},
	// The card's 109B include the image part (golden row G043 and its tolerance).
	{"llama-4-scout", 109e9, 0.015, model.Window{Size: 8192, Layers: 36}, "Llama 4 model card"},
	{"stablelm-2-1.6b", 1644515328, 0, model.Window{}, "stabilityai/stablelm-2-1_6b"},
	// Its norm of queries and keys runs over all heads together: 0.5M more than counted.
	{"olmo-2-7b", 7298617344, 1e-4, model.Window{}, "allenai/OLMo-2-1124-7B"},
	{"granite-3.1-8b", 8.17e9, 0.005, model.Window{}, "ibm-granite/granite-3.1-8b-base: 8.17B"},
	{"nemotron-nano-9b-v2", 8888227328, 0, model.Window{}, "nvidia/NVIDIA-Nemotron-Nano-9B-v2 tensors"},
	{"whisper-large-v2", 1550e6, 0.01, model.Window{}, "openai/whisper README (golden row G052 and its tolerance)"},
}

func TestConfigsGiveThePublishedParameters(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range configs {
		path := filepath.Join("testdata", "config-"+c.name+".json")
		seen[path] = true
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		a, problems, ok := archFromConfig(readTop(t, text))
		if !ok {
			t.Errorf("%s: %v", c.name, problems)
			continue
		}
		got := total(a)
		if off := got/c.parameters - 1; math.Abs(off) > c.tolerance {
			t.Errorf("%s: %.0f parameters, published %.0f (%s), %+.4f %%", c.name, got, c.parameters, c.source, 100*off)
		}
		if a.Window != c.window {
			t.Errorf("%s: window %+v, want %+v", c.name, a.Window, c.window)
		}

		// The scenario's own fields say no biases and no second vector of a layer
		// norm; that may move the size by a thousandth, not more.
		s, problems, ok := ParseJSON(text)
		if !ok || s.Choice[Model] == "" {
			t.Errorf("%s: not read as a scenario: %v", c.name, problems)
			continue
		}
		r, more := Resolve(&s)
		if len(more) > 0 {
			t.Errorf("%s: %v", c.name, more[0])
		}
		flat := total(r.Arch)
		if off := flat/got - 1; math.Abs(off) > 0.001 {
			t.Errorf("%s: %.0f parameters through the scenario, %.0f in the file, %+.3f %%", c.name, flat, got, 100*off)
		} else {
			t.Logf("%-18s %14.0f  through the scenario %+.4f %%", c.name, got, 100*off)
		}
		for _, p := range problems {
			if !strings.Contains(p.Error(), "is left out") || c.name != "gemma-3-4b" && c.name != "llama-4-scout" {
				t.Errorf("%s: %v", c.name, p)
			}
		}
	}
	files, _ := filepath.Glob("testdata/config-*.json")
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s is not tested", f)
		}
	}
}

func TestConfigsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		`{"model_type": "mamba", "hidden_size": 768, "num_hidden_layers": 24}`:                           "recurrent",
		`{"model_type": "t5", "d_model": 512}`:                                                           "encoder and a decoder",
		`{"model_type": "bert", "hidden_size": 768}`:                                                     "both directions",
		`{"model_type": "vit", "hidden_size": 768}`:                                                      "no language model",
		`{"model_type": "nemotron_h", "hidden_size": 2688, "hybrid_override_pattern": "MEMEM*EMEMEM*E"}`: "recurrent",
		`{"model_type": "nemotron_h", "hidden_size": 64, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32, "intermediate_size": 256, "vocab_size": 1000, "hybrid_override_pattern": "M-M*-", "mamba_num_heads": 4, "mamba_head_dim": 32, "ssm_state_size": 16, "n_groups": 1, "conv_kernel": 4}`: "cannot be given as a shape",
		`{"model_type": "qwen3_next", "hidden_size": 2048}`:                                 "recurrent",
		`{"model_type": "newkind", "hidden_size": 64, "layer_types": ["linear_attention"]}`: "recurrent",
		`{"model_type": "newkind", "is_encoder_decoder": true, "hidden_size": 64}`:          "encoder and a decoder",
		`{"model_type": "llama"}`:   "lacks num_hidden_layers, hidden_size, num_attention_heads, vocab_size, intermediate_size",
		`{"hidden_size": 4096}`:     "lacks num_hidden_layers",
		`{"model_type": "whisper"}`: "lacks part",
		`{"model_type": "whisper", "d_model": 384, "decoder_layers": 4, "encoder_layers": 4, "decoder_attention_heads": 6, "decoder_ffn_dim": 1536, "vocab_size": 51865, "max_source_positions": 1500, "max_target_positions": 448, "num_mel_bins": 80}`: "encoder cannot be given",
		`{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 4, "vocab_size": 10, "intermediate_size": 8}`:                                                                               "does not divide",
	} {
		s, problems, ok := ParseJSON([]byte(text))
		if ok || s != (Scenario{}) || len(problems) == 0 {
			t.Errorf("%s: read as %q with %v", text, s.Choice[Model], problems)
			continue
		}
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p.Error(), want)
		}
		if !found {
			t.Errorf("%s: %v does not say %q", text, problems, want)
		}
	}
}

// A kind that nobody here has heard of is still read, and said to be.
func TestUnknownKindIsReadAsLlama(t *testing.T) {
	s, problems, ok := ParseJSON([]byte(`{"model_type": "unheard-of", "hidden_size": 2048, "num_hidden_layers": 22, "num_attention_heads": 32,
		"num_key_value_heads": 4, "intermediate_size": 5632, "vocab_size": 32000, "tie_word_embeddings": false, "hidden_act": "silu"}`))
	if !ok || len(problems) != 1 || !strings.Contains(problems[0].Error(), "unheard_of") {
		t.Fatalf("%v, %v", ok, problems)
	}
	r, _ := Resolve(&s)
	if got := total(r.Arch); got != 1100048384 { // TinyLlama/TinyLlama-1.1B, whose shape this is
		t.Errorf("%.0f parameters", got)
	}
}

func TestConfigWithWrongTypes(t *testing.T) {
	s, problems, ok := ParseJSON([]byte(`{"model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 22, "num_attention_heads": 32,
		"num_key_value_heads": "four", "intermediate_size": 5632, "vocab_size": 32000, "head_dim": -1, "tie_word_embeddings": "yes", "sliding_window": {"a": 1}}`))
	if !ok || s.Num[KVHeads].R.V != 32 || s.Num[HeadDim].R.V != 64 || s.Num[Tied].R.V != 0 {
		t.Errorf("%v: %+v", ok, s.Num[KVHeads])
	}
	if len(problems) != 3 {
		t.Errorf("%d problems, want one for each of num_key_value_heads, head_dim, sliding_window: %v", len(problems), problems)
	}
}

func TestExpertLayers(t *testing.T) {
	for text, want := range map[string]int{
		`{}`:                           12,
		`{"first_k_dense_replace": 3}`: 9,
		`{"first_k_dense_replace": 1, "moe_layer_freq": 2}`:          5, // 2, 4, 6, 8, 10
		`{"moe_layer_freq": [0, 1, 1, 1]}`:                           3,
		`{"decoder_sparse_step": 2}`:                                 6,
		`{"mlp_only_layers": [0, 1, 1, 99, "x"]}`:                    10,
		`{"interleave_moe_layer_step": 2}`:                           6,
		`{"moe_layers": [1, 3, 5, 5, 99]}`:                           3,
		`{"first_k_dense_replace": 1000000000}`:                      0,
		`{"decoder_sparse_step": 2, "mlp_only_layers": [1, 3, "x"]}`: 4,
	} {
		c := &config{text: readTop(t, []byte(text))}
		if got := c.expertLayers(12); got != want {
			t.Errorf("%s: %d layers with experts, want %d", text, got, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	files, _ := filepath.Glob("testdata/config-*.json")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"model_type": {"a": []}, "hidden_size": [[[]]], "text_config": {"text_config": {"llm_config": {}}}}`))
	f.Add([]byte(`{"model_type": "qwen3_moe", "num_hidden_layers": 999999999, "hidden_size": 1e9, "num_experts": 1e9, "mlp_only_layers": [1e300, -1, null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		var top map[string]any
		if d.Decode(&top) != nil || top == nil {
			return
		}
		a, problems, ok := archFromConfig(top)
		if ok {
			if n := total(a); !(n > 0) || math.IsInf(n, 0) {
				t.Fatalf("%g parameters", n)
			}
		} else if len(problems) == 0 {
			t.Fatal("unreadable, and nothing says why")
		}
		s, problems := fromConfig(top)
		if s.Choice[Model] == "" && len(problems) == 0 {
			t.Fatal("no model, and nothing says why")
		}
		for _, p := range problems {
			if len(p.Error()) > 2000 {
				t.Fatalf("a problem of %d bytes", len(p.Error()))
			}
		}
	})
}
