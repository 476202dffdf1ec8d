internal import Groundwork
internal import Storage

/// What all processes of one machine know about its clock.
enum ClockStore {
    static func mark(boot: String, in transaction: any ReadTransaction) throws(Refusal) -> ClockMark? {
        try transaction.first("SELECT boot, offset, stepped FROM clock_mark WHERE boot = $1", boot).map {
            row throws(Refusal) in
            ClockMark(
                boot: try row.text("boot"), offset: try row.integer("offset"),
                stepped: try row.optionalInteger("stepped"))
        }
    }

    static func set(_ mark: ClockMark, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO clock_mark (boot, offset, stepped, changed_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (boot) DO UPDATE SET offset = excluded.offset, stepped = excluded.stepped,
                changed_at = excluded.changed_at
            """, mark.boot, mark.offset, mark.stepped, now)
    }

    /// The newest word of this run of the machine.
    static func word(boot: String, in transaction: any ReadTransaction) throws(Refusal) -> ClockWord? {
        try transaction.first(
            "SELECT boot, offset, given_at, until FROM clock_word WHERE boot = $1 ORDER BY number DESC LIMIT 1", boot
        ).map { row throws(Refusal) in
            ClockWord(
                boot: try row.text("boot"), offset: try row.integer("offset"), givenAt: try row.instant("given_at"),
                until: try row.instant("until"))
        }
    }

    static func add(
        _ word: ClockWord, officer: String, reason: String, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO clock_word (boot, offset, given_at, until, officer, reason) VALUES ($1, $2, $3, $4, $5, $6)
            """, word.boot, word.offset, word.givenAt, word.until, officer, reason)
    }
}
