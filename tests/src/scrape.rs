use std::collections::{BTreeMap, BTreeSet};

/// A page of metrics in the text format of Prometheus, read as strictly as Prometheus does and a little more.
#[derive(Debug, Default)]
pub struct Scrape {
    /// What each metric is: `counter`, `gauge` or `histogram`.
    pub kinds: BTreeMap<String, String>,
    /// What each metric says of itself.
    pub helps: BTreeMap<String, String>,
    series: BTreeMap<(String, BTreeMap<String, String>), f64>,
}

impl Scrape {
    /// Reads a page.
    ///
    /// # Panics
    ///
    /// If something is wrong with it.
    #[track_caller]
    pub fn read(page: &str) -> Self {
        let mut scrape = Self::default();
        let mut closed = BTreeSet::new();
        let mut family = String::new();
        assert!(page.ends_with('\n'), "the last line has no end");
        for line in page.lines().filter(|line| !line.is_empty()) {
            if let Some(comment) = line.strip_prefix("# ") {
                let mut words = comment.splitn(3, ' ');
                let (what, name) = (words.next().unwrap(), words.next().unwrap().to_owned());
                assert!(is_name(&name), "{line}");
                let text = words.next().unwrap().to_owned();
                let known = if what == "TYPE" { &mut scrape.kinds } else { &mut scrape.helps };
                assert!(matches!(what, "TYPE" | "HELP"), "{line}");
                assert_eq!(known.insert(name.clone(), text), None, "twice: {line}");
                if family != name {
                    assert!(closed.insert(std::mem::replace(&mut family, name)), "in two groups: {line}");
                }
            } else {
                let (name, labels, value) = sample(line);
                assert_eq!(scrape.family(&name), family, "not below its TYPE: {line}");
                assert_eq!(scrape.series.insert((name, labels), value), None, "twice: {line}");
            }
        }
        scrape
    }

    /// Returns the value of a series, such as `name{label="value"}`; its labels may be in any order.
    #[track_caller]
    pub fn value(&self, series: &str) -> Option<f64> {
        let (name, labels, _) = sample(&format!("{series} 0"));
        self.series.get(&(name, labels)).copied()
    }

    /// Returns the series of a name that are not 0, as `label=value,…` and their values.
    pub fn of(&self, name: &str) -> BTreeMap<String, f64> {
        let found = self.series.iter().filter(|((known, _), value)| known == name && **value != 0.0);
        let text = |labels: &BTreeMap<String, String>| {
            labels.iter().map(|(label, value)| format!("{label}={value}")).collect::<Vec<_>>().join(",")
        };
        found.map(|((_, labels), value)| (text(labels), *value)).collect()
    }

    /// Returns every metric and the labels of its series, but for `le`.
    pub fn labels(&self) -> BTreeMap<String, BTreeSet<BTreeSet<String>>> {
        let mut all = BTreeMap::<_, BTreeSet<_>>::new();
        for (name, labels) in self.series.keys() {
            let labels = labels.keys().filter(|label| *label != "le").cloned().collect();
            all.entry(self.family(name)).or_default().insert(labels);
        }
        all
    }

    /// Returns the values of every label.
    pub fn label_values(&self) -> BTreeSet<&str> {
        self.series.keys().flat_map(|(_, labels)| labels.values().map(String::as_str)).collect()
    }

    fn family(&self, name: &str) -> String {
        let ends = ["_bucket", "_sum", "_count"];
        let short = ends.iter().find_map(|end| name.strip_suffix(end));
        let is_histogram = |name: &&str| self.kinds.get(*name).is_some_and(|kind| kind == "histogram");
        short.filter(is_histogram).unwrap_or(name).to_owned()
    }
}

fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let value = if value == "+Inf" { f64::INFINITY } else { value.parse().unwrap() };
    let Some((name, rest)) = series.split_once('{') else {
        assert!(is_name(series), "{line}");
        return (series.to_owned(), BTreeMap::new(), value);
    };
    assert!(is_name(name), "{line}");
    let mut rest = rest.strip_suffix('}').unwrap_or_else(|| panic!("{line}"));
    let mut labels = BTreeMap::new();
    while !rest.is_empty() {
        let (label, quoted) = rest.split_once("=\"").unwrap();
        let (text, after) = quoted.split_once('"').unwrap();
        // Nothing of ours needs an escape.
        assert!(is_name(label) && !label.contains(':') && !text.contains('\\'), "{line}");
        assert_eq!(labels.insert(label.to_owned(), text.to_owned()), None, "{line}");
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    (name.to_owned(), labels, value)
}

fn is_name(name: &str) -> bool {
    let is_first = |c: char| c.is_ascii_alphabetic() || "_:".contains(c);
    name.starts_with(is_first) && name.chars().all(|c| is_first(c) || c.is_ascii_digit())
}
