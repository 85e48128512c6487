import CivilTime
import Foundation

/// The schema (JSON Schema 2020-12) of what a type decodes, and so of what it encodes: found by letting it decode from
/// nothing, and looking at what it asks for, so that the description is never another than the program.
struct JSONSchema {
    /// What a type asks for; anything where it would not say.
    static func of<Value: Decodable>(_ type: Value.Type) -> JSONValue {
        if let known = known(type) { return known }
        if let optional = type as? any OptionalValue.Type { return orNull(wrapped(optional)) }
        if let map = type as? any TextMap.Type { return values(map) }
        let recorder = Recorder()
        _ = try? type.init(from: SchemaDecoder(recorder: recorder))
        return recorder.schema
    }

    private static func known(_ type: Any.Type) -> JSONValue? {
        switch type {
        case is Bool.Type: .object(["type": .text("boolean")])
        case is String.Type: .object(["type": .text("string")])
        case is Double.Type: .object(["type": .text("number")])
        case let integer as any FixedWidthInteger.Type: self.integer(integer)
        case is Data.Type:
            .object([
                "type": .text("string"), "contentEncoding": .text("base64"),
                "pattern": .text("^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"),
            ])
        case is Instant.Type: .object(["type": .text("string"), "format": .text("date-time")])
        case is CivilDate.Type: .object(["type": .text("string"), "format": .text("date")])
        default: if let choice = type as? any CaseIterable.Type { choices(choice) } else { nil }
        }
    }

    private static func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) -> JSONValue {
        .object([
            "type": .text("integer"), "minimum": .number(Int(clamping: Integer.min)),
            "maximum": .number(Int(clamping: Integer.max)),
        ])
    }

    /// What may be left out may as well be null.
    private static func orNull(_ schema: JSONValue) -> JSONValue {
        .object(["anyOf": .list([schema, .object(["type": .text("null")])])])
    }

    private static func wrapped<Value: OptionalValue>(_ type: Value.Type) -> JSONValue { of(Value.Wrapped.self) }

    private static func values<Map: TextMap>(_ type: Map.Type) -> JSONValue {
        .object(["type": .text("object"), "additionalProperties": of(Map.Value.self)])
    }

    private static func choices<Choice: CaseIterable>(_ type: Choice.Type) -> JSONValue? {
        let names = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        return names.isEmpty ? nil : .object(["type": .text("string"), "enum": .list(names.map(JSONValue.text))])
    }

    /// What was asked for.
    private final class Recorder {
        var properties: [String: JSONValue] = [:]
        var required: [String] = []
        var items: JSONValue?
        var single: JSONValue?
        var isObject = false

        var schema: JSONValue {
            if let single { return single }
            if let items { return .object(["type": .text("array"), "items": items]) }
            guard isObject else { return .object([:]) }
            var object: [String: JSONValue] = ["type": .text("object"), "properties": .object(properties)]
            if !required.isEmpty { object["required"] = .list(required.map(JSONValue.text)) }
            return .object(object)
        }

        func note(_ key: any CodingKey, _ schema: JSONValue, isRequired: Bool) {
            properties[key.stringValue] = isRequired ? schema : orNull(schema)
            if isRequired { required.append(key.stringValue) }
        }
    }

    private struct SchemaDecoder: Decoder {
        let recorder: Recorder
        /// What a value on its own says.
        var text = ""
        let codingPath: [any CodingKey] = []
        let userInfo: [CodingUserInfoKey: Any] = [:]

        func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
            recorder.isObject = true
            return KeyedDecodingContainer(Keyed(recorder: recorder))
        }

        func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(recorder: recorder) }

        func singleValueContainer() -> any SingleValueDecodingContainer { Single(recorder: recorder, text: text) }
    }

    private struct NoMore: Error {}

    /// Something of a type that decodes; the schema tells the rest.
    private static func anything<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let simple: Any? =
            switch type {
            case is Bool.Type: false
            case is String.Type: ""
            case is Double.Type: 0.0
            case is Int.Type: 0
            case is Data.Type: Data()
            case is Instant.Type: Instant(seconds: 0)
            case is CivilDate.Type: CivilDate(dayNumber: 0)
            default: if let choice = type as? any CaseIterable.Type { first(choice) } else { nil }
            }
        if let value = simple as? Value { return value }
        // What reads a text of its own is described by that text, and read here from one that it may take.
        return try (try? type.init(from: SchemaDecoder(recorder: Recorder(), text: "")))
            ?? type.init(from: SchemaDecoder(recorder: Recorder(), text: "person:x"))
    }

    private static func first<Choice: CaseIterable>(_ type: Choice.Type) -> Any? { type.allCases.first }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let recorder: Recorder
        let codingPath: [any CodingKey] = []
        let allKeys: [Key] = []

        func contains(_ key: Key) -> Bool { true }
        func decodeNil(forKey key: Key) -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            recorder.note(key, JSONSchema.of(type), isRequired: true)
            return try JSONSchema.anything(type)
        }

        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) -> Value? {
            recorder.note(key, JSONSchema.of(type), isRequired: false)
            return nil
        }

        func decodeIfPresent(_ type: Bool.Type, forKey key: Key) -> Bool? { optional(type, key) }
        func decodeIfPresent(_ type: String.Type, forKey key: Key) -> String? { optional(type, key) }
        func decodeIfPresent(_ type: Double.Type, forKey key: Key) -> Double? { optional(type, key) }
        func decodeIfPresent(_ type: Int.Type, forKey key: Key) -> Int? { optional(type, key) }

        private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
            recorder.note(key, JSONSchema.of(type), isRequired: false)
            return nil
        }

        func nestedContainer<Other: CodingKey>(
            keyedBy type: Other.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Other> { throw NoMore() }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NoMore() }
        func superDecoder() throws -> any Decoder { throw NoMore() }
        func superDecoder(forKey key: Key) throws -> any Decoder { throw NoMore() }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let recorder: Recorder
        let codingPath: [any CodingKey] = []
        let count: Int? = 1
        var currentIndex = 0
        var isAtEnd: Bool { currentIndex > 0 }

        mutating func decodeNil() -> Bool { false }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            recorder.items = JSONSchema.of(type)
            currentIndex += 1
            return try JSONSchema.anything(type)
        }

        mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            throw NoMore()
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoMore() }
        mutating func superDecoder() throws -> any Decoder { throw NoMore() }
    }

    private struct Single: SingleValueDecodingContainer {
        let recorder: Recorder
        let text: String
        let codingPath: [any CodingKey] = []

        func decodeNil() -> Bool { false }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            recorder.single = JSONSchema.of(type)
            if let text = text as? Value { return text }
            return try JSONSchema.anything(type)
        }
    }
}

/// What may be missing, as the schema sees it.
private protocol OptionalValue {
    associatedtype Wrapped: Decodable
}

extension Optional: OptionalValue where Wrapped: Decodable {}

/// Values by names, which are an object in JSON.
private protocol TextMap {
    associatedtype Value: Decodable
}

extension Dictionary: TextMap where Key: CodingKeyRepresentable, Value: Decodable {}
