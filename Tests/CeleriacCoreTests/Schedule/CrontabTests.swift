import Foundation
import Testing

@testable import CeleriacCore
@testable import CeleriacSchedule

@Suite("Crontabs")
struct CrontabTests {
    private func values(_ text: String, _ unit: CronUnit) throws -> [Int] {
        let bits = try CronFieldParser(text, as: unit).meaning().values
        return (0..<64).filter(bits.contains)
    }

    @Test(
        "a field reads as a list of values",
        arguments: [
            ("*/15", CronUnit.minute, [0, 15, 30, 45]), ("10-40/15", .minute, [10, 25, 40]),
            ("50-10/10", .minute, [0, 10, 50]),
            ("50/5", .minute, [50, 55]), ("59/15", .minute, [59]), ("*/100", .minute, [0]), ("7,07,007", .minute, [7]),
            ("22-2", .hour, [0, 1, 2, 22, 23]), ("0-23", .hour, Array(0..<24)), ("1,13,3-5", .hour, [1, 3, 4, 5, 13]),
            ("*/3", .dayOfMonth, [1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31]), ("?", .dayOfMonth, Array(1...31)),
            ("2-12/2", .month, [2, 4, 6, 8, 10, 12]), ("jan,JUNE,sept", .month, [1, 6, 9]),
            ("nov-feb", .month, [1, 2, 11, 12]),
            ("fri-mon", .dayOfWeek, [0, 1, 5, 6]), ("7", .dayOfWeek, [0]), ("5-7", .dayOfWeek, [0, 5, 6]),
            ("0-7", .dayOfWeek, Array(0..<7)), ("7-2", .dayOfWeek, [0, 1, 2]),
            ("Monday,tues,THURS", .dayOfWeek, [1, 2, 4]),
            ("1-7/2", .dayOfWeek, [0, 1, 3, 5]), ("fri-mon/2", .dayOfWeek, [0, 5]), ("sat/1", .dayOfWeek, [6]),
        ])
    func field(text: String, unit: CronUnit, expected: [Int]) throws {
        #expect(try values(text, unit) == expected)
    }

    @Test(
        "a text that means nothing is refused, and the error names field, text and place",
        arguments: [
            ("61 * * * *", "minute", "(\"61\") at character 1"), ("1,2,x * * * *", "minute", "(\"x\") at character 5"),
            ("*/0 * * * *", "minute", "step"), ("*/ * * * *", "minute", "step"), ("1--2 * * * *", "minute", "\"-2\""),
            ("-1 * * * *", "minute", "unknown"), (",1 * * * *", "minute", "empty part"),
            ("5-1-3 * * * *", "minute", "\"1-3\""),
            ("? * * * *", "minute", "unknown"), ("jan * * * *", "minute", "unknown"),
            ("* 24 * * *", "hour", "out of its range"),
            ("* * 0 * *", "day of month", "out of its range"), ("* * 15w * *", "day of month", "unknown"),
            ("* * ?/2 * *", "day of month", "unknown"), ("* * * 13 *", "month of year", "out of its range"),
            ("* * * mon *", "month of year", "unknown"), ("* * * * 8", "day of week", "out of its range"),
            ("* * * * fri#6", "day of week", "from 1 to 5"), ("* * * * l", "day of week", "unknown"),
            ("* * * * 5l3", "day of week", "unknown"), ("* * * * ٣", "day of week", "unknown"),
            ("H * * * *", "minute", "unknown"), ("* * * *", "4 fields", "use five"),
            ("0 * * * * *", "6 fields", "seconds"),
            ("", "0 fields", "@daily"), ("@often", "1 fields", "@daily"),
            ("99999999999999999999 * * * *", "minute", "unknown"),
        ])
    func refused(text: String, field: String, fault: String) throws {
        let error = try #require(throws: CeleriacError.self) { try Crontab(text, days: .both) }
        #expect(error.code == .invalidSchedule)
        #expect(error.message.contains(field))
        #expect(error.message.contains(fault), "\(error)")
    }

    @Test(
        "a crontab that is never due is refused with words that say so",
        arguments: [
            ("0 0 31 4 *", Crontab.DayRule.either), ("0 0 30 2 *", .either), ("* * 31 2,4,6,9,11 *", .either),
            ("0 0 30-31 feb ?", .either), ("0 0 31 apr mon", .both), ("0 0 8-31 * fri#1", .both),
            ("0 0 1-7 * mon#5", .both), ("0 0 1-21 2 L3", .both),
        ])
    func neverDue(text: String, days: Crontab.DayRule) throws {
        let error = try #require(throws: CeleriacError.self) { try Crontab(text, days: days) }
        #expect(error.code == .invalidSchedule)
        #expect(error.message.contains("never due"), "\(error)")
    }

    @Test(
        "a crontab that is due in some year is allowed",
        arguments: [
            ("0 0 29 2 *", Crontab.DayRule.either), ("0 0 29 2 sun", .both), ("0 0 31 4 mon", .either),
            ("0 0 31 4,5 *", .either), ("0 0 * 2 fri#5", .either), ("0 0 L 2 *", .either), ("0 0 31,l 4 *", .either),
        ])
    func rarelyDue(text: String, days: Crontab.DayRule) throws {
        let schedule = Schedule.crontab(try Crontab(text, days: days))
        #expect(schedule.next(after: Date(timeIntervalSince1970: 1_767_225_600)) != nil)
    }

    @Test(
        "a crontab made of a literal throws, and never stops the program; a literal schedule stops it where it stands")
    func literals() async throws {
        #expect(throws: CeleriacError.self) { try Crontab("61 * * * *") }
        #expect(throws: CeleriacError.self) { try Crontab("0 0 31 4 *") }
        #expect(Schedule.crontab("0 0 * * *") == .crontab(try Crontab("@daily")))
        await #expect(processExitsWith: .failure) { _ = Schedule.crontab("0 0 31 4 *") }
    }

    @Test("no text makes the parser trap, and none that is taken changes its meaning when it is written and read again")
    func random() throws {
        var generator = SeededGenerator(seed: announcedSeed("crontab texts"))
        let alphabet = Array("0123456789*/-,#?lLwW monfrijan@é\u{301}\u{0}")
        for _ in 0..<3000 {
            let text = String(
                (0..<Int.random(in: 0...24, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! })
            guard let crontab = try? Crontab(text, days: .either) else { continue }
            #expect(try Crontab(crontab.description, days: .either) == crontab)
        }
    }

    @Test("Celery's form takes numbers, lists and texts")
    func celery() throws {
        let crontab = try Crontab(minute: 0, hour: "9-17", dayOfWeek: "mon-fri", dayOfMonth: [1, 15])
        #expect(crontab.description == "0 9-17 1,15 * mon-fri")
        #expect(crontab.days == .both)
        #expect(try Crontab(minute: " 0, 30 ").description == "0,30 * * * *")
        #expect(throws: CeleriacError.self) { try Crontab(minute: "1 0") }
        #expect(try Crontab() == Crontab("* * * * *", days: .both))
    }

    @Test("equal means the same times, however they are written")
    func equality() throws {
        #expect(try Crontab("*/15 * * * *") == Crontab("0,15,30,45 0-23 * * 0-7"))
        #expect(try Crontab("@weekly") == Crontab("0 0 * * sun"))
        #expect(try Crontab("@hourly") != Crontab("@daily"))
    }

    private func days(_ text: String, _ rule: Crontab.DayRule = .either, in year: Int = 2026, _ month: Int = 3) throws
        -> [Int]
    {
        let days = try Crontab(text, days: rule).times.days.days(of: month, in: year)
        return (0..<64).filter(days.contains)
    }

    @Test("days: both fields must fit in Celery's form, either of them in Unix's, if both are restricted")
    func dayRules() throws {
        #expect(try days("0 0 13 * fri", .both) == [13])
        #expect(try days("0 0 13 * fri", .either) == [6, 13, 20, 27])
        #expect(try days("0 0 1 * fri", .either) == [1, 6, 13, 20, 27])
        #expect(try days("0 0 1 * fri", .both) == [])
        #expect(try days("0 0 * * fri", .either) == [6, 13, 20, 27])
        #expect(try days("0 0 1-31 * fri", .either) == [6, 13, 20, 27])
        #expect(try days("0 0 1 * ?", .either) == [1])
    }

    @Test("days that move: the last of the month, the second Friday, the last Friday")
    func movingDays() throws {
        #expect(try days("0 0 L * *") == [31])
        #expect(try days("0 0 1,l * *", in: 2028, 2) == [1, 29])
        #expect(try days("0 0 * * fri#2") == [13])
        #expect(try days("0 0 * * fri#2,mon") == [2, 9, 13, 16, 23, 30])
        #expect(try days("0 0 * * L5") == [27])
        #expect(try days("0 0 * * 5L") == [27])
        #expect(try days("0 0 * * friL,7L") == [27, 29])
        #expect(try days("0 0 * * sun#5") == [29])
        #expect(try days("0 0 * * wed#5") == [])
        #expect(try days("0 0 1-7 * fri#1", .both) == [6])
    }
}
