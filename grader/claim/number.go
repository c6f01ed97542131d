package claim

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// number is a figure as it stands in a line.
type number struct {
	value, round float64
	whole        bool
	unit         unit // of a duration such as 0:00:00.48, noUnit for a bare number
	skip         bool // a date, a version, an error after ±: no figure
}

// plainText writes a text with ASCII digits and marks, whatever the script.
func plainText(s string) string {
	ascii := true
	for i := range len(s) {
		ascii = ascii && s[i] < 0x80
	}
	if ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		if m, ok := marks[r]; ok {
			return m
		}
		if unicode.IsDigit(r) {
			return '0' + digit(r)
		}
		return r
	}, s)
}

// digit is the value of a decimal digit: Unicode has them in rows of ten.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return (r - rune(t.Lo)) % 10
		}
	}
	return 0
}

// groupMark stands for a space that only parts thousands.
const groupMark = '\''

var marks = map[rune]rune{
	'٫': '.', '٬': groupMark, '٪': '%', '،': ',', '؛': ';', '۔': '.',
	'：': ':', '．': '.', '，': ',', '％': '%', '（': '(', '）': ')', '；': ';', '＝': '=', '、': ',', '｜': '|', '／': '/', '＋': '+', '－': '-',
	'│': '|', '┃': '|', '║': '|', '┆': '|', '┊': '|', '❘': '|',
	'├': ' ', '└': ' ', '┝': ' ', '╰': ' ', '─': '-', '━': '-', '═': '=', '–': '-', '—': '-', '−': '-', '‐': '-', '‑': '-',
	'\u00a0': groupMark, '\u202f': groupMark, '\u2009': groupMark, '\u2007': ' ', '\u3000': ' ', '’': groupMark,
	'×': 'x', '✕': 'x', '≈': '~', '∼': '~', '→': '>', '⇒': '>', '➜': '>', '【': '[', '】': ']', '「': '[', '」': ']',
	'“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '•': '*', '·': '*',
}

// unmarked are the spaces of groups that part no thousands after all.
var unmarked = regexp.MustCompile(`(\D|^)'+|'+(\D|$)`)

var (
	decimalComma = regexp.MustCompile(`(?:^|[^\d.,\[(])(?:\d{1,3}(?:[. ']\d{3})+,\d+|\d+,\d{1,2}|\d+,\d{4,}|0,\d+)(?:$|[^\d,]|,\s|,$)`)
	decimalPoint = regexp.MustCompile(`\d\.\d`)
	versions     = regexp.MustCompile(`\d+\.\d+\.\d+|[A-Za-z]\w*[- ]?\d+\.\d+\b`)
)

// commas reports whether the comma is the decimal point of these lines.
func commas(lines []string) bool {
	with, without := 0, 0
	for _, line := range lines {
		if len(line) > mostLine || !strings.ContainsAny(line, ".,") {
			continue
		}
		with += len(decimalComma.FindAllStringIndex(line, -1))
		without += len(decimalPoint.FindAllStringIndex(versions.ReplaceAllString(line, ""), -1))
	}
	return with > without
}

var (
	date     = regexp.MustCompile(`^(?:\d{4}-\d\d?-\d\d?|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}/\d\d?/\d\d?)(?:[T ]\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?`)
	clock    = regexp.MustCompile(`^(\d{1,2}):(\d\d):(\d\d(?:[.,]\d+)?)`)
	minutes  = regexp.MustCompile(`^(\d{1,2}):(\d\d(?:[.,]\d+)?)( ?min\w*)?`)
	days     = regexp.MustCompile(`^(\d+) days?,? \+?(\d{1,2}):(\d\d):(\d\d(?:[.,]\d+)?)`)
	compound = regexp.MustCompile(`^(\d+) ?(?:min(?:ute)?[a-zA-Z]*\.?|m|мин\pL*|分) ?(?:(?:and|und|y|e|et) )?(\d+(?:[.,]\d+)?) ?(?:s\b|sec|seg|sek|с|秒|")`)
	version  = regexp.MustCompile(`^\d+(?:\.\d+){2,}|^0x[0-9a-fA-F]+`)
	pointed  = regexp.MustCompile(`^(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:'\d{3})+|\d+(?:_\d{3})*)?(?:\.\d+)?(?:[eE][-+]?\d+)?`)
	pointCSV = regexp.MustCompile(`^(?:\d{1,3}(?:'\d{3})+|\d+(?:_\d{3})*)?(?:\.\d+)?(?:[eE][-+]?\d+)?`)
	comma    = regexp.MustCompile(`^(?:\d{1,3}(?:[.']\d{3})+(?:,\d+)?|\d+(?:_\d{3})*(?:[.,]\d+)?)(?:[eE][-+]?\d+)?`)
	repr     = regexp.MustCompile(`(?:datetime\.)?timedelta\(([^()]*)\)`)
	reprPart = regexp.MustCompile(`(days|hours|minutes|seconds|milliseconds|microseconds)=(\d+(?:\.\d+)?)`)
	iso      = regexp.MustCompile(`\bPT(?:(\d+)M)?(\d+(?:\.\d+)?)S\b`)
	spaced   = regexp.MustCompile(`([:=|] *)(\d{1,3}) (\d{3}[.,]\d+ ?[mµμun]s\b)`)
)

// unfold writes durations that Python writes as calls as plain seconds, and
// thousands that a space parts with a mark.
func unfold(line string) string {
	if strings.Contains(line, "timedelta(") {
		line = repr.ReplaceAllStringFunc(line, func(s string) string {
			sum := 0.0
			for _, m := range reprPart.FindAllStringSubmatch(s, -1) {
				v, _ := strconv.ParseFloat(m[2], 64)
				sum += v * map[string]float64{"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1, "milliseconds": 1e-3, "microseconds": 1e-6}[m[1]]
			}
			return strconv.FormatFloat(sum, 'f', 6, 64) + " s"
		})
	}
	if strings.Contains(line, "PT") {
		line = iso.ReplaceAllString(line, "${1}m$2 s")
		line = strings.ReplaceAll(line, " m", " 0m")
	}
	line = spaced.ReplaceAllString(line, "$1$2'$3")
	if strings.ContainsRune(line, groupMark) {
		line = unmarked.ReplaceAllString(line, "$1 $2")
	}
	return line
}

// style is how numbers are written in an output.
type style struct {
	comma bool // the comma is the decimal point
}

// scanNumber reads a number at the start of s and gives its length in bytes, 0
// for none. start says that nothing but marks stands before it in its line,
// listed that it follows a comma directly, as in CSV.
func (st style) scanNumber(s string, start, listed bool) (number, int) {
	if len(s) > 80 {
		s = s[:80]
	}
	if n, length := scanTime(s, start); length > 0 {
		return n, length
	}
	m := st.digits(s, listed)
	if m == "" || m == "." {
		return number{}, 0
	}
	v, err := strconv.ParseFloat(st.plain(m), 64)
	if err != nil || math.IsInf(v, 0) {
		return number{skip: true}, len(m)
	}
	n := number{value: v, round: 1, whole: true}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(st.plain(m)), "e")
	if dot := strings.IndexByte(mantissa, '.'); dot >= 0 {
		n.round, n.whole = math.Pow10(-(len(mantissa) - dot - 1)), false
	}
	if exponent != "" {
		e, _ := strconv.Atoi(exponent)
		n.round, n.whole = n.round*math.Pow10(max(-300, min(e, 300))), false
	}
	return n, len(m)
}

// scanTime reads a duration, and what looks like one: a date, a time of day, a
// version.
func scanTime(s string, start bool) (number, int) {
	if m := date.FindString(s); m != "" {
		return number{skip: true}, len(m)
	}
	if m := days.FindStringSubmatch(s); m != nil {
		return duration(86400*parse(m[1])+3600*parse(m[2])+60*parse(m[3])+parse(m[4]), m[4]), len(m[0])
	}
	if m := clock.FindStringSubmatch(s); m != nil {
		n := duration(3600*parse(m[1])+60*parse(m[2])+parse(m[3]), m[3])
		// A script does not run for hours; at midnight a stamp has two digits.
		n.skip = parse(m[1]) > 0 || start && len(m[1]) == 2
		return n, len(m[0])
	}
	if m := minutes.FindStringSubmatch(s); m != nil {
		n := duration(60*parse(m[1])+parse(m[2]), m[2])
		n.skip = m[3] == "" && (start || !strings.ContainsAny(m[2], ".,") || parse(m[1]) > 9)
		return n, len(m[0])
	}
	if m := compound.FindStringSubmatch(s); m != nil {
		return duration(60*parse(m[1])+parse(m[2]), m[2]), len(m[0])
	}
	return number{skip: true}, len(version.FindString(s))
}

// digits gives the number at the start of s as it is written.
func (st style) digits(s string, listed bool) string {
	switch {
	case st.comma:
		return comma.FindString(s)
	case listed:
		return pointCSV.FindString(s)
	}
	m := pointed.FindString(s)
	if strings.ContainsRune(m, ',') && len(s) > len(m)+1 && s[len(m)] == ',' && s[len(m)+1] != ' ' {
		return pointCSV.FindString(s) // 480,100,5: a row of CSV
	}
	return m
}

// plain writes a number with a decimal point and without marks between its
// thousands.
func (st style) plain(m string) string {
	text := strings.NewReplacer("_", "", "'", "").Replace(m)
	if !st.comma {
		return strings.ReplaceAll(text, ",", "")
	}
	if strings.ContainsRune(text, ',') || groups.MatchString(text) {
		text = strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	}
	return text
}

// groups is a number whose point parts thousands where the comma is the
// decimal point.
var groups = regexp.MustCompile(`^[1-9]\d{0,2}(?:\.\d{3})+$`)

func parse(s string) float64 {
	v, _ := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	return v
}

// duration is a number in seconds whose last part was printed so.
func duration(seconds float64, last string) number {
	round := 1.0
	if i := strings.IndexAny(last, ".,"); i >= 0 {
		round = math.Pow10(-(len(last) - i - 1))
	}
	return number{value: seconds, round: round, unit: unit{kind: Time, scale: 1}}
}
