package train

import (
	"math"
	"strings"
	"testing"

	"flopbook/core/model"
)

func TestParseTimed(t *testing.T) {
	want := []Timed{
		{GPUs: 64, Layout: model.Layout{TP: 8, PP: 2, VPP: 1, DP: 4, CP: 1, EP: 1, ZeRO: 1, Micro: 2, SP: true, Recompute: model.RecomputeFull}, Seq: 4096, Batch: 512, Step: 2.1, Memory: 60 * gib},
		{GPUs: 8, Layout: model.Layout{TP: 1, PP: 1, VPP: 1, DP: 8, CP: 1, EP: 1, ZeRO: 3, Micro: 1}, Rate: 1234},
	}
	for name, text := range map[string]string{
		"words":      "gpus=64 tp=8 pp=2 zero=1 micro=2 recompute=full seq=4096 batch=512 step=2.1 s memory=60 GiB\n\n# a remark\ngpus=8, zero=3, rate=1234",
		"commas":     "gpus, tp, pp, zero, micro, recompute, seq, batch, step, tokens/s/GPU, memory\n64, 8, 2, 1, 2, full, 4096, 512, 2.1, , 60\n8, , , 3, , , , , , 1234,",
		"tabs":       "n_gpus\ttp\tpp\tzero\tmbs\trecompute\tseq_len\tgbs\tstep_time_s\ttok/s/gpu\tmem\n64\t8\t2\t1\t2\tFull\t4096\t512\t2100 ms\t\t60\n8\t\t\t3\t\t\t\t\t\t1234\t",
		"semicolons": "GPUs;TP;PP;ZeRO;micro;recompute;seq;batch;step;rate;memory\r\n64;8;2;1;2;full;4096;512;2.1;;60\r\n8;;;3;;;;;;1234;\r\n",
		"bars":       "| gpus | tp | pp | zero | micro | recompute | seq | batch | step | rate | memory |\n| 64 | 8 | 2 | 1 | 2 | full | 4096 | 512 | 2.1 | | 60 |\n| 8 | | | 3 | | | | | | 1234 | |",
	} {
		got, problems := ParseTimed(text)
		if len(problems) > 0 || len(got) != 2 {
			t.Errorf("%s: %d steps, %v", name, len(got), problems)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], want[i])
			}
		}
	}
	s := want[1].Seconds(2048, 100)
	if math.Abs(s-2048*100/(1234.0*8)) > 1e-9 || want[0].Seconds(1, 1) != 2.1 {
		t.Errorf("%g s", s)
	}
}

// What is wrong is told with its line, its value and a way out; the rest is read.
func TestParseTimedTellsWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"", "empty"},
		{"hello world", "names nothing that is known"},
		{"gpus=64 tp=0 step=1", "Line 1, Tensor parallel"},
		{"gpus=64 tp=7 step=1", "not tp x pp x cp x dp"},
		{"gpus=64 tp=8", "neither a time nor tokens"},
		{"gpus=64 step=1 rate=400", "beside a rate"},
		{"gpus=64 step=-1", "Time of a step"},
		{"gpus=64 step=fast", "Time of a step"},
		{"gpus=64 gpus=8 step=1", "twice"},
		{"gpus=64 speed=3 step=1", "“speed” is not known"},
		{"gpus=8 step=1 recompute=some", "none, selective or full"},
		{"gpus, step\n8, 1, 3", "no column"},
		{"gpus, colour, step\n8, red, 1", "“colour” is not known and is left out"},
		{"tp=9999 pp=9999 cp=9999 step=1", "more than any machine"},
		{strings.Repeat("x", 20001), "too long"},
		{strings.Repeat("gpus=8 step=1\n", 21), "one too many"},
	} {
		_, problems := ParseTimed(c.text)
		said := ""
		for _, p := range problems {
			said += p.Error() + "\n"
		}
		if !strings.Contains(said, c.says) {
			t.Errorf("%.40q: %q lacks %q", c.text, said, c.says)
		}
	}
	got, problems := ParseTimed("gpus=8 step=1\ngpus=8 step=x\ngpus=16 step=2")
	if len(got) != 2 || len(problems) != 1 || !strings.HasPrefix(problems[0].Error(), "Line 2") {
		t.Errorf("%d steps, %v", len(got), problems)
	}
}

func FuzzParseTimed(f *testing.F) {
	f.Add("gpus=64 tp=8 step=2.1 s memory=60 GiB")
	f.Add("gpus, tp, step\n8, 2, 1.5\n16,,3")
	f.Add("| gpus | rate |\n| 8 | 400 |")
	f.Fuzz(func(t *testing.T, text string) {
		rows, problems := ParseTimed(text)
		if len(rows) > MaxMeasured || len(rows) == 0 && len(problems) == 0 {
			t.Fatalf("%d steps, %d problems", len(rows), len(problems))
		}
		for _, p := range problems {
			if p.Error() == "" {
				t.Fatal("a problem without words")
			}
		}
		for i := range rows {
			s := rows[i].Seconds(4096, 64)
			if !(s > 0) || math.IsInf(s, 0) || rows[i].Layout.GPUs() != rows[i].GPUs {
				t.Fatalf("%q: %+v", text, rows[i])
			}
			again, p := ParseTimed(rows[i].String())
			if len(p) > 0 || len(again) != 1 || again[0] != rows[i] {
				t.Fatalf("%q: %+v is written %q and read %+v, %v", text, rows[i], rows[i].String(), again, p)
			}
		}
	})
}
