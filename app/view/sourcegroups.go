package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// groupNames are the groups of sources that are left out together, as a reader
// would call them.
var groupNames = map[string]string{
	// whole runs
	"meta-cards-llama4": "Meta’s cards of Llama 4",
	"bloom":             "BLOOM, and the study of its carbon",
	"patterson":         "Patterson and others, 2021",
	"google-papers":     "Papers of Google and DeepMind",
	"opt":               "OPT, and its logbook",
	"mosaic-blogs":      "MosaicML’s blog",
	"gpt-neox-20b":      "GPT-NeoX-20B",
	"dclm":              "DCLM",
	"nanogpt":           "nanoGPT",
	"modded-nanogpt":    "Records of modded-nanogpt",
	"mlperf-power":      "MLPerf, measured power",
	"recalled-misc":     "Microsoft’s cards of Phi",
	"epoch":             "Epoch AI’s list of models",
	// single steps
	"amd-primus":    "AMD Primus",
	"bigscience":    "BigScience (BLOOM)",
	"internevo":     "InternEvo",
	"korthikanti":   "Korthikanti and others, 2022",
	"llm.c":         "llm.c by Karpathy",
	"megatron-a100": "Narayanan and others, 2021 (Megatron-LM)",
	"mosaic":        "MosaicML’s llm-foundry",
	"nanotron":      "Hugging Face nanotron",
	"nemo-launcher": "NVIDIA NeMo Launcher 23.03",
	"nv-mbridge":    "NVIDIA Megatron-Bridge",
	"nv-nemo2407":   "NVIDIA NeMo 24.07",
	"torchtune":     "PyTorch torchtune",
	"unsloth":       "Unsloth, measured by others",
	"vtrain-multi":  "vTrain, 64 to 512 GPUs",
	"vtrain-single": "vTrain, one server",
}

// groupName is a group of sources in words; a new one shows as it is written.
func groupName(key string) string {
	if name, ok := groupNames[key]; ok {
		return name
	}
	return key
}

// groupOf names a group, as a link where an address is known.
func groupOf(key, url string) app.UI {
	if safeURL(url) {
		return link(url, groupName(key))
	}
	return app.Text(groupName(key))
}

// webAddress reads a place as the tables of runs note it: "arXiv:2205.01068",
// "github:owner/name@commit path", "huggingface.co/…"; "" where it is none.
func webAddress(place string) string {
	place, _, _ = strings.Cut(place, ";")
	first, rest, _ := strings.Cut(strings.TrimSpace(place), " ")
	first = strings.TrimSuffix(first, ",")
	switch {
	case safeURL(first):
		return first
	case strings.HasPrefix(first, "arXiv:"):
		return "https://arxiv.org/abs/" + strings.TrimPrefix(first, "arXiv:")
	case strings.HasPrefix(first, "github:"):
		repo, commit, pinned := strings.Cut(strings.TrimPrefix(first, "github:"), "@")
		if file := strings.TrimSpace(rest); pinned && file != "" && !strings.ContainsAny(file, " '\"") {
			return "https://github.com/" + repo + "/blob/" + commit + "/" + file
		}
		return "https://github.com/" + repo
	case strings.Contains(first, ".co") && strings.Contains(first, "/"):
		return "https://" + first
	}
	return ""
}

// makers are who made a run, as the list of it has them; that list cuts names
// at sixty characters, and half a name is left out.
func makers(org string) string {
	const cut = 60
	if len(org) >= cut {
		if i := strings.LastIndexByte(org, ','); i > 0 {
			org = org[:i] + " and others"
		} else if i := strings.LastIndex(org, " ("); i > 0 && !strings.Contains(org[i:], ")") {
			org = org[:i]
		}
	}
	return strings.ReplaceAll(org, ",", ", ")
}
