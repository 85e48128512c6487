import Foundation
import MusterConfiguration
import MusterModel
import MusterTestSupport
import Testing

/// The folder of the project, found from this file.
let projectDirectory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

@Suite struct `The example programme` {
    @Test func `has no errors and is as large as it says`() {
        let result = ProgrammeLoader(directory: projectDirectory + "/config").load()
        #expect(result.diagnostics.filter { $0.severity == .error } == [])
        #expect(result.programme.schools.count == 15)
        #expect(result.programme.people.filter { !$0.roles.isEmpty }.count >= 60)
        #expect(result.programme.cycles.flatMap(\.training).first?.invited.count == 300)
        #expect(Set(result.programme.schools.compactMap(\.region)).count == 2)
        #expect(Set(result.programme.schools.compactMap(\.trust)).count == 2)
    }

    /// Each YAML file, and what the documentation shows of `muster.yaml`, against its JSON Schema, by an independent
    /// validator; and each schema against keys that nobody knows.
    @Test func `is valid by its JSON Schemas, which refuse unknown keys`() throws {
        let output = try Subprocess.python(
            """
            import sys, json, pathlib, yaml, jsonschema
            class Loader(yaml.SafeLoader): pass
            Loader.yaml_implicit_resolvers = {first: [(tag, pattern) for tag, pattern in resolvers if tag in ('tag:yaml.org,2002:null',)] for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
            import re
            Loader.add_implicit_resolver('tag:yaml.org,2002:int', re.compile(r'^-?[0-9]+$'), list('-0123456789'))
            Loader.add_implicit_resolver('tag:yaml.org,2002:bool', re.compile(r'^(yes|no|true|false|on|off)$'), list('yntfo'))
            config = pathlib.Path(sys.argv[1])
            kinds = {'muster': [config / 'muster.yaml'], 'terms': (config / 'programme/terms').glob('*.yaml'), 'partnership': (config / 'programme/partnerships').glob('*.yaml'), 'cycle': (config / 'programme/cycles').glob('*.yaml'), 'poll': (config / 'programme/polls').glob('*.yaml'), 'resource': (config / 'programme/resources').glob('*.yaml')}
            for kind, files in kinds.items():
                schema = json.loads((config / f'schema/{kind}.schema.json').read_text())
                jsonschema.Draft202012Validator.check_schema(schema)
                validator = jsonschema.Draft202012Validator(schema)
                for file in files:
                    document = yaml.load(file.read_text(), Loader)
                    for error in validator.iter_errors(document): print(file.name, list(error.path), error.message)
                    if validator.is_valid({**document, 'unknwon': 1}): print(file.name, 'accepts unknown keys')
                    # What the documentation shows of such a file.
                    for block in re.findall(r'```yaml\\n(.*?)```', (config / 'README.md').read_text(), re.S):
                        shown = yaml.load(block, Loader)
                        if kind == 'muster' and isinstance(shown, dict) and shown.keys() <= schema['properties'].keys():
                            for error in validator.iter_errors({**document, **shown}): print('README.md', list(error.path), error.message)
            """, [projectDirectory + "/config"])
        #expect(output == "")
    }
}
