package core_test

import (
	"bytes"
	"encoding/json"
	cmdflag "flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flopbook/core"
	"flopbook/core/scenario"
)

var update = cmdflag.Bool("update", false, "rewrite the published schemas")

func TestPublishedSchemasAreCurrent(t *testing.T) {
	for name, want := range map[string][]byte{"scenario.json": scenario.Schema(), "report.json": core.ReportSchema()} {
		file := filepath.Join("..", "web", "schema", name)
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		have, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is stale; run go test ./core -run Schemas -update", file)
		}
	}
}

// The examples beside the schema are read without a complaint, use only keys
// that the schema names, and give a report with the keys that it promises.
func TestSchemaExamplesRun(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "web", "schema", "examples", "*.json"))
	if len(files) < 4 {
		t.Fatalf("only %d examples", len(files))
	}
	var schema struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(scenario.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s, problems, ok := scenario.ParseJSON(text)
		if !ok || len(problems) > 0 {
			t.Errorf("%s: %v", f, problems)
		}
		var keys map[string]any
		if err := json.Unmarshal(text, &keys); err != nil {
			t.Fatal(err)
		}
		for k := range keys {
			if schema.Properties[k] == nil {
				t.Errorf("%s: key %s is not in the schema", f, k)
			}
		}
		a := core.Answer(&s)
		for _, p := range a.Problems {
			t.Errorf("%s: %v", f, p)
		}
		var report map[string]any
		if err := json.Unmarshal(a.Out.JSON(), &report); err != nil {
			t.Fatal(err)
		}
		want := "params_total params_active flops gpu_hours days gpus mfu step_time memory energy carbon cost ttft crossing_days warnings"
		if a.In.Arch.Picture.Tokens == 0 { // a picture is not written token by token
			want += " kv_bytes_per_token tpot output_tokens_per_s_per_gpu usd_per_mtok_out"
		}
		for _, k := range strings.Fields(want) {
			if report[k] == nil {
				t.Errorf("%s: report lacks %s", f, k)
			}
		}
	}
}
