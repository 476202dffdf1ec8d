internal import CertificateProfiles
package import Groundwork

/// Whether the clock may be relied on at this moment, and on whose word.
package enum ClockVerdict: Hashable, Sendable {
    case trusted(ClockTrust)
    case untrusted(ClockDistrust)

    /// Whether a time stamp may rely on it.
    package var isTrusted: Bool { if case .trusted = self { true } else { false } }

    package var text: LocalisedText {
        switch self {
        case .trusted(let trust): trust.text
        case .untrusted(let distrust): distrust.text
        }
    }
}

/// Why the clock is trusted.
package enum ClockTrust: Hashable, Sendable {
    /// A time server keeps it, says the kernel.
    case synchronised(errorMilliseconds: Int64)
    /// Officers compared it with another clock.
    case word(until: Instant)
    /// Nobody keeps it; the policy is an evaluation's.
    case evaluation

    package var text: LocalisedText {
        switch self {
        case .synchronised(let error):
            LocalisedText(zh: "时钟已与时间服务器同步（误差不超过{e}毫秒）", en: "kept by a time server (at most {e} ms off)")
                .filled(with: ["e": String(error)])
        case .word(let until):
            LocalisedText(zh: "管理人员确认时钟，有效至{t}", en: "on an officer's word until {t} (Asia/Shanghai)")
                .filled(with: ["t": until.shown])
        case .evaluation:
            LocalisedText(
                zh: "评估用策略：时钟未同步，照用，时间戳不声明精度",
                en: "evaluation policy: nobody keeps the clock; used as it is, time stamps state no accuracy")
        }
    }
}

/// Why it is not.
package enum ClockDistrust: Hashable, Sendable {
    case unsynchronised
    case inaccurate(milliseconds: Int64)
    /// It was set, by so much.
    case stepped(milliseconds: Int64)
    /// It shows a moment before one that a token or a checkpoint has stated already.
    case wentBack

    package var text: LocalisedText {
        switch self {
        case .unsynchronised: LocalisedText(zh: "时钟未与时间服务器同步", en: "no time server keeps the clock")
        case .inaccurate(let error):
            LocalisedText(zh: "时钟误差可达{e}毫秒", en: "the clock may be {e} ms off").filled(with: ["e": String(error)])
        case .stepped(let difference):
            LocalisedText(zh: "时钟被拨动了{d}毫秒", en: "the clock was set by {d} ms").filled(
                with: ["d": String(difference)])
        case .wentBack:
            LocalisedText(zh: "时钟早于已签发的时间戳", en: "the clock shows a time before the last time stamp")
        }
    }
}

/// One look at the clock.
struct ClockObservation: Hashable, Sendable {
    let now: Instant
    let reading: ClockReading

    /// Constant while nobody sets the clock: what a server corrects little by little, it corrects in both.
    var offset: Int64 { now.milliseconds - reading.millisecondsSinceBoot }

    /// Wall clock and time since boot are two readings: a process that is stopped between them would see a step, so the
    /// narrowest of a few counts.
    init(in surroundings: Surroundings) {
        var best: (width: Int64, observation: ClockObservation)?
        for _ in 0..<8 {
            let before = surroundings.clock()
            let now = surroundings.now()
            let after = surroundings.clock()
            let width = after.millisecondsSinceBoot - before.millisecondsSinceBoot
            if width < best?.width ?? .max { best = (width, ClockObservation(now: now, reading: after)) }
            if width <= 5 { break }
        }
        self = best?.observation ?? ClockObservation(now: surroundings.now(), reading: surroundings.clock())
    }

    init(now: Instant, reading: ClockReading) {
        self.now = now
        self.reading = reading
    }
}

/// How the clock stood when it was last found good, in one run of the machine.
struct ClockMark: Hashable, Sendable {
    let boot: String
    let offset: Int64
    /// A step that was seen since and is not settled: the offset after it.
    var stepped: Int64?
}

/// Officers' word that the clock was right at one moment.
struct ClockWord: Hashable, Sendable {
    let boot: String
    let offset: Int64
    let givenAt: Instant
    let until: Instant
}

/// The judgement itself: values in, a value out.
enum ClockJudgement {
    /// - Parameters:
    ///   - stated: what the newest checkpoint says. A clock that was set back while the machine was off shows no step,
    ///     for the time since boot began anew; but it shows less than that.
    ///   - synchronisedFor: milliseconds for which this process has seen the kernel say "synchronised".
    static func verdict(
        _ observation: ClockObservation, mark: ClockMark?, word: ClockWord?, stated: Instant?, synchronisedFor: Int64,
        rules: CertificatePolicy.ClockRules
    ) -> ClockVerdict {
        let reading = observation.reading
        // The kernel's bound, not its estimate: an accuracy is a promise (RFC 3161, 2.4.2).
        let bound = (max(0, reading.maximumErrorMicroseconds) + 999) / 1000
        let step = step(observation, since: mark, rules: rules)
        let isKept = reading.isSynchronised && bound <= rules.longestErrorMilliseconds
        let isBehind = stated.map { observation.now.adding(milliseconds: Int64(rules.stepMilliseconds)) < $0 } ?? false
        if isKept, !isBehind, step == nil || synchronisedFor >= Int64(rules.settleSeconds) * 1000 {
            return .trusted(.synchronised(errorMilliseconds: bound))
        }
        if let word, holds(word, observation, rules: rules) { return .trusted(.word(until: word.until)) }
        if let step { return .untrusted(.stepped(milliseconds: step)) }
        if isBehind { return .untrusted(.wentBack) }
        if reading.isSynchronised { return .untrusted(.inaccurate(milliseconds: bound)) }
        return rules.unsynchronised == .evaluation ? .trusted(.evaluation) : .untrusted(.unsynchronised)
    }

    /// By how much the clock was set since the mark; `nil` if it was not, or another run of the machine began.
    static func step(
        _ observation: ClockObservation, since mark: ClockMark?, rules: CertificatePolicy.ClockRules
    ) -> Int64? {
        guard let mark, mark.boot == observation.reading.boot else { return nil }
        let difference = observation.offset - mark.offset
        return abs(difference) > Int64(rules.stepMilliseconds) ? difference : nil
    }

    /// A word is void after its time, after a restart, and once the clock was set.
    static func holds(
        _ word: ClockWord, _ observation: ClockObservation, rules: CertificatePolicy.ClockRules
    ) -> Bool {
        word.boot == observation.reading.boot && observation.now < word.until
            && abs(observation.offset - word.offset) <= Int64(rules.stepMilliseconds)
    }
}
