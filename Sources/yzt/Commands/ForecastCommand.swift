import ArgumentParser
import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import LegalEntities
import Officers
import Reconciliation
import Registration
import Storage

struct ForecastCommand: AsyncParsableCommand {
    enum Form: String, ExpressibleByArgument, CaseIterable { case text, csv, json }

    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "What ends when and where: certificates and keys by week, district and service point (到期预测).",
        discussion: """
            The district is the division in the entity's code (GB/T 2260), the service point the one stated at \
            stock-in. Revoked certificates are left out; weeks begin on Monday, Shanghai's time. Officers whose \
            certificates end by then are named after them: in csv in the last three columns, in json as members \
            officer, name and ends.

                yzt forecast                       # the next 13 weeks
                yzt forecast --weeks 52 --form csv > forecast.csv
            """)
    @OptionGroup var authority: AuthorityOptions
    @Option(help: "How many weeks, this one included.") var weeks: Int = 13
    @Option(help: "text, csv or json.") var form: Form = .text

    func validate() throws {
        guard (1...1040).contains(weeks) else {
            throw ValidationError("--weeks 须为 1 至 1040 · give 1 to 1040 weeks with --weeks")
        }
    }

    func run() async throws {
        let open = try await authority.open()
        let forecast = try await open.authority.expiryForecast(weeks: weeks)
        let rules = open.registry.rules
        let now = open.surroundings.now()
        let officers = try await open.officerOrders.all().filter { shown in
            let end = shown.officer.certificate.notAfter
            return shown.officer.status != .retired && end <= now.adding(days: Int64(weeks) * 7)
        }
        await open.database.close()
        let name: (String?) -> String = { $0.flatMap { rules.division($0)?.name.zh } ?? "" }
        switch form {
        case .text:
            Self.table(forecast, name)
            for shown in officers {
                let end = shown.officer.certificate.notAfter.shown
                Console.say("人员证书 officer: \(shown.officer.identifier)  \(shown.officer.name)  \(end)")
            }
        case .csv:
            Console.say(
                "week,monday,district,district_name,service_point,certificates,keys,officer,officer_name,officer_ends")
            for line in forecast.lines {
                Console.say(
                    [
                        line.week.name, line.week.monday, line.district ?? "", name(line.district),
                        line.servicePoint ?? "", String(line.certificates), String(line.keys), "", "", "",
                    ].joined(separator: ","))
            }
            for shown in officers {
                let (end, week) = Self.end(of: shown)
                let quoted = "\"\(shown.officer.name.replacing("\"", with: "\"\""))\""
                Console.say(
                    [
                        week.name, week.monday, "", "", "", "1", "1", shown.officer.identifier.shown, quoted,
                        end.rfc3339,
                    ].joined(separator: ","))
            }
        case .json:
            Console.say(
                CanonicalJSON.array(
                    forecast.lines.map { line in
                        .object([
                            "week": .string(line.week.name), "monday": .string(line.week.monday),
                            "district": line.district.map { .string($0) } ?? .null,
                            "servicePoint": line.servicePoint.map { .string($0) } ?? .null,
                            "certificates": .integer(Int64(line.certificates)), "keys": .integer(Int64(line.keys)),
                        ])
                    }
                        + officers.map { shown in
                            let (end, week) = Self.end(of: shown)
                            return .object([
                                "week": .string(week.name), "monday": .string(week.monday),
                                "officer": .string(shown.officer.identifier.shown),
                                "name": .string(shown.officer.name), "ends": .string(end.rfc3339),
                            ])
                        }
                ).text)
        }
    }

    private static func end(of shown: OfficerOrders.Shown) -> (end: Instant, week: CalendarWeek) {
        let end = shown.officer.certificate.notAfter
        return (end, CalendarWeek(containing: end))
    }

    private static func table(_ forecast: ExpiryForecast, _ name: (String?) -> String) {
        Console.say("周 week   周一 Monday  证书 certificates  介质 keys  区划 district  网点 service point")
        var week: CalendarWeek?
        for line in forecast.lines {
            let isNew = week != line.week
            week = line.week
            let start = isNew ? "\(line.week.name)  \(line.week.monday)" : String(repeating: " ", count: 20)
            let counts = [line.certificates, line.keys].map { count in
                String(repeating: " ", count: max(0, 9 - String(count).count)) + String(count)
            }
            Console.say(
                "\(start)  \(counts.joined(separator: "  "))  \(line.district ?? "-") \(name(line.district))  "
                    + (line.servicePoint ?? "-"))
        }
        let (certificates, keys) = forecast.lines.reduce((0, 0)) { ($0.0 + $1.certificates, $0.1 + $1.keys) }
        Console.say("合计 total: \(certificates) 张证书 certificates, \(keys) 支介质 keys")
    }
}
