package claim

import (
	"strings"
	"unicode/utf8"
)

// class is what a word speaks of.
type class uint16

const (
	aboutTime  class = 1 << iota // wall time
	aboutCPU                     // the processor
	aboutUse                     // how busy it was
	aboutSpeed                   // a comparison of times
	aside                        // a share, an expectation, a spread: not the phase's own figure
	hedged                       // a comparison follows: vs, than
	overall                      // of the whole program
	parentOnly                   // without children
)

// stems lists words, separated by spaces. A dot at the end asks for the whole
// word, else its beginning is enough; in scripts that do not part words, any
// place will do.
type stems struct {
	exact  map[string]bool
	starts map[byte][]string // by the first byte
	inside []string
}

func vocabulary(list string) stems {
	s := stems{exact: map[string]bool{}, starts: map[byte][]string{}}
	for w := range strings.FieldsSeq(list) {
		r, _ := utf8.DecodeRuneInString(w)
		switch {
		case strings.HasSuffix(w, "."):
			s.exact[strings.TrimSuffix(w, ".")] = true
		case r >= 0x590: // Hebrew, Arabic, Indic, Chinese, Japanese, Korean: articles and particles cling to words
			s.inside = append(s.inside, w)
		default:
			s.starts[w[0]] = append(s.starts[w[0]], w)
		}
	}
	return s
}

func (s stems) has(w string) bool {
	if w == "" {
		return false
	}
	if s.exact[w] {
		return true
	}
	for _, stem := range s.starts[w[0]] {
		if strings.HasPrefix(w, stem) {
			return true
		}
	}
	for _, stem := range s.inside {
		if strings.Contains(w, stem) {
			return true
		}
	}
	return false
}

// names are the words for the phases: English first, then as people write them
// in Spanish, Portuguese, French, German, Italian, Dutch, Polish, Russian,
// Turkish, Swedish, Greek, Vietnamese, Chinese, Japanese, Korean, Arabic,
// Hindi, Hebrew.
var names = map[Phase]stems{
	Sequential: vocabulary(`sequen sequê sequè séquen secuen sekven sekwen seq. serial. serially. seriel sériel baseline
		nacheinander hintereinander peräkk последоват sıralı ardışık σειριακ послідов sekuens secvenț secvent szekvenc egymás sekventiel
		ترتیبی متوالی ลำดับ ক্রমিক 顺序 順序 順番 逐次 串行 直列 顺次 順次 依次 逐个 一つずつ 순차 تسلسل متسلسل تتابع متتال क्रमिक अनुक्रम סדרתי`),
	Threads: vocabulary(`thread multithread thr. thrd hilo. hilos. fios. fils. нит поток многопоточ wątk wielowątk vlákn draden. tråd
		parçacı νήμα νημάτ luồng vlákno fire. szál säi säie tráde ниш
		نخ رشته เธรด থ্রেড スレッド 线程 線程 執行緒 스레드 쓰레드 خيط خيوط ثريد थ्रेड חוט`),
	Processes: vocabulary(`proces multiproc proc. procs. prc. mp. mpe. prozess subprocess
		процес многопроцес süreç διεργασ proses. proses procese. procesele. folyamat prosessi prosesser. процеси
		فرآیند فرایند โปรเซส প্রসেস プロセス 进程 進程 行程 프로세스 عملي प्रोसेस प्रक्रिया תהליכ`),
}

// vague are words that name a phase only where nothing else does.
var vague = map[Phase]stems{
	Sequential: vocabulary(`single. loop. main. normal. plain. sync. synchronous. simple. linear. solo.`),
	Threads:    vocabulary(`concurrent.`),
	Processes:  vocabulary(`parallel pool. fork.`),
}

// phrases are names of several words.
var phrases = []struct {
	words []string
	phase Phase
}{
	{strings.Fields("one after the other"), Sequential}, {strings.Fields("one after another"), Sequential},
	{strings.Fields("one by one"), Sequential}, {strings.Fields("in a row"), Sequential}, {strings.Fields("back to back"), Sequential},
	{strings.Fields("uno tras otro"), Sequential}, {strings.Fields("uno dopo l'altro"), Sequential}, {strings.Fields("um após o outro"), Sequential},
	{strings.Fields("un après l autre"), Sequential}, {strings.Fields("один за другим"), Sequential}, {strings.Fields("tuần tự"), Sequential}, {strings.Fields("nối tiếp"), Sequential},
	{strings.Fields("achter elkaar"), Sequential}, {strings.Fields("na elkaar"), Sequential}, {strings.Fields("jeden po drugim"), Sequential},
	{strings.Fields("single thread"), Sequential}, {strings.Fields("single threaded"), Sequential}, {strings.Fields("single - thread"), Sequential},
	{strings.Fields("single - threaded"), Sequential}, {strings.Fields("no threads"), Sequential}, {strings.Fields("no parallelism"), Sequential}, {strings.Fields("no concurrency"), Sequential}, {strings.Fields("without concurrency"), Sequential}, {strings.Fields("single process"), Sequential},
	{strings.Fields("single - process"), Sequential},
	{strings.Fields("multi - processing"), Processes}, {strings.Fields("multi processing"), Processes}, {strings.Fields("parallel processing"), Processes},
	{strings.Fields("multi - threading"), Threads}, {strings.Fields("tiến trình"), Processes},
	// No phase is meant with these.
	{strings.Fields("main process"), ""}, {strings.Fields("main thread"), ""}, {strings.Fields("this process"), ""}, {strings.Fields("per process"), ""},
	{strings.Fields("parent process"), ""}, {strings.Fields("own process"), ""}, {strings.Fields("per thread"), ""}, {strings.Fields("process time"), ""},
	{strings.Fields("process _ time"), ""}, {strings.Fields("thread _ time"), ""}, {strings.Fields("child processes"), ""}, {strings.Fields("the process"), ""},
	{strings.Fields("process + children"), ""}, {strings.Fields("process and"), ""}, {strings.Fields("process cpu"), ""},
}

// classes are the words that say what a figure is.
var classes = []struct {
	class class
	stems stems
}{
	{aboutTime, vocabulary(`time. times. timing clock. wall. wallclock elapsed took. taken. takes. take. needed. duration dur. runtime. real. finished. done. completed. total. executed. seconds. secs. second.
		zeit. laufzeit. gesamtzeit. wandzeit. dauer dauerte. brauch tiempo. tardó. tardo. duración duracion tempo. levou. demorou. duração temps. durée duree pris. durata impiegat
		врем заняло. длительн czas. trwa tijd. duur süre tid. tidsåtgång χρόνο thời. gian. час. čas waktu. timp. durata. idő aika. kesto
		耗时 用时 時間 时间 耗時 用時 시간 소요 الوقت وقت زمن زمان मदत समय`)},
	{aboutCPU, vocabulary(`cpu. cpus. user. usr. sys. system. prozessor. prozessorzeit. cpuzeit. процессор цп. işlemci cputime. cpupct.
		处理器 處理器 المعالج پردازنده`)},
	{aboutUse, vocabulary(`util usage. usages. used. use. uses. load. busy. busyness. cores. core. kept. auslast nutzung. last. kerne. kernen. uso. usado. utiliz utilis núcleo nucleo cœur coeur occup
		загруз использ ядер. ядра. użyci obciąż kullan gebruik belasting användning χρήση
		利用率 使用率 占用 稼働 负载 사용률 사용 점유 استخدام استهلاك مصرف उपयोग`)},
	{aboutSpeed, vocabulary(`speedup speedups. speed. faster. fast. slower. ratio. gain. factor. faktor. rel. relative. schneller. langsamer. beschleun acelera accélér acceler
		rápid rapid veloc compared. comparison. compara scaling. ускор przysp hızlan lento. lent.
		加速 倍速 高速 速度 가속 تسريع`)},
	{aside, vocabulary(`efficien effizienz eficien overhead. saved. diff. difference. ideal. expected. expect. theor lesson. each. per. min. max. std. sd. stdev. stddev. deviation. variance. startup. error.
		erwartet esperado attendu atteso efficac change. slowest. fastest. task. tasks. percent_of. pid. tid. samples. csw. switches.`)},
	{hedged, vocabulary(`vs. versus. against. than. over. to. with. compared. relative. as. of. que. als. gegenüber. frente. contra. rapport. par. gegen.`)},
	{overall, vocabulary(`overall. altogether. whole. insgesamt. gesamt. general. combined. script. program.`)},
	{parentOnly, vocabulary(`parent. own. excl exclud excluding. myself. self. this.`)},
}

// joins are words that part what is said of one figure from the next.
var joins = vocabulary(`for. and. during. while. und. für. et. pendant. y. durante. e. и. за.`)

// of gives what a word speaks of.
func of(w string) class {
	var c class
	for i := range classes {
		if classes[i].stems.has(w) {
			c |= classes[i].class
		}
	}
	return c
}

// nameOf gives the phase that a word names.
func nameOf(w string, in map[Phase]stems) Phase {
	for _, p := range Phases {
		if s := in[p]; s.has(w) {
			return p
		}
	}
	return ""
}

// unit is what stands after a number, or in its title.
type unit struct {
	kind    Kind // empty for none
	scale   float64
	percent bool
	cores   bool
}

var noUnit = unit{}

// units are the words and marks of units.
var units = func() map[string]unit {
	m := map[string]unit{}
	add := func(u unit, list string) {
		for w := range strings.FieldsSeq(list) {
			m[w] = u
		}
	}
	add(unit{kind: Time, scale: 1}, `s sec secs second seconds seg segs segundo segundos sek sekunde sekunden sekunder seconde secondes secondi secondo
		с сек секунд секунды секунда sekund sekundy sekundę saniye sn giây seconden detik secunde mp másodperc sekuntia วินาที ثانیه 秒 秒間 초 ثانية ثواني ثوان सेकंड שניות δευτερόλεπτα`)
	add(unit{kind: Time, scale: 1e-3}, `ms msec msecs millisecond milliseconds milisegundos millisekunden millisecondes millis мс миллисекунд 毫秒 ミリ秒 밀리초`)
	add(unit{kind: Time, scale: 1e-6}, `us µs μs usec microsecond microseconds mikrosekunden microsegundos мкс 微秒 マイクロ秒`)
	add(unit{kind: Time, scale: 1e-9}, `ns nsec nanosecond nanoseconds nanosekunden 纳秒 ナノ秒`)
	add(unit{kind: Time, scale: 60}, `min mins minute minutes minuto minutos minuten мин минут minuti 分 分钟`)
	add(unit{kind: Utilization, percent: true}, `% percent pct perc prozent percento procent процент процентов 퍼센트`)
	add(unit{kind: Speedup}, `x times fach mal veces vezes fois volte раз 倍`)
	add(unit{kind: Utilization, cores: true}, `core cores cpus kern kerne kernen núcleo núcleos nucleos cœurs coeurs ядер ядра ядро`)
	return m
}()
