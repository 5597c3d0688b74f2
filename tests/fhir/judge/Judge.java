import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.ConceptValidationOptions;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.Resource;

/**
 * Judges FHIR R4 resources offline. Arguments: the folder of cases, then folders of HL7's packages. Each
 * cases/core/*.json is judged by R4 itself, each cases/ips/*.json also by the IPS bundle's profile. Prints one
 * line for each finding, "ERROR file place: text" or "WARNING …", and at the end of each file "DONE file errors
 * warnings". The exit code tells only whether it could judge.
 */
public class Judge {
  private static final String IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips";
  private static final String ALL_LANGUAGES = "http://hl7.org/fhir/ValueSet/all-languages";
  private static final Pattern VERSIONED = Pattern.compile("(\"http://[^\"|]+)\\|[^\"|]+(?=\")");

  public static void main(String[] arguments) throws IOException {
    FhirContext context = FhirContext.forR4();
    FhirValidator validator = context.newValidator();
    List<Path> packages = Arrays.stream(arguments).skip(1).map(Path::of).toList();
    FhirInstanceValidator rules = new FhirInstanceValidator(support(context, packages));
    rules.setAnyExtensionsAllowed(true);
    rules.setErrorForUnknownProfiles(false);
    validator.registerValidatorModule(rules);
    for (Path file : json(Path.of(arguments[0], "core"))) judge(validator, file, new ValidationOptions());
    for (Path file : json(Path.of(arguments[0], "ips"))) judge(validator, file, new ValidationOptions().addProfile(IPS));
  }

  private static IValidationSupport support(FhirContext context, List<Path> packages) throws IOException {
    PrePopulatedValidationSupport profiles = new PrePopulatedValidationSupport(context);
    for (Path folder : packages) {
      for (Path file : json(folder)) {
        String name = file.getFileName().toString();
        if (!name.startsWith("StructureDefinition-") && !name.startsWith("ValueSet-")) continue;
        // HAPI does not find its own definitions by "…/Patient|4.0.1": there is one version of each here.
        String text = VERSIONED.matcher(Files.readString(file)).replaceAll("$1");
        profiles.addResource((Resource) context.newJsonParser().parseResource(text));
      }
    }
    // LOINC, SNOMED CT, ICD-10 and ATC are nowhere to be had offline: their codes are warned about.
    UnknownCodeSystemWarningValidationSupport unknown = new UnknownCodeSystemWarningValidationSupport(context);
    unknown.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
    return new ValidationSupportChain(
        new DefaultProfileValidationSupport(context),
        profiles,
        languages(context),
        new InMemoryTerminologyServerValidationSupport(context),
        unknown,
        new SnapshotGeneratingValidationSupport(context));
  }

  /** R4 prefers ValueSet/languages and requires only ValueSet/all-languages; HAPI takes the preferred one for required. */
  private static IValidationSupport languages(FhirContext context) {
    return new CommonCodeSystemsTerminologyService(context) {
      @Override
      public CodeValidationResult validateCode(
          ValidationSupportContext support, ConceptValidationOptions options, String system, String code, String display, String set) {
        String asked = CommonCodeSystemsTerminologyService.LANGUAGES_VALUESET_URL.equals(set) ? ALL_LANGUAGES : set;
        return super.validateCode(support, options, system, code, display, asked);
      }
    };
  }

  private static void judge(FhirValidator validator, Path file, ValidationOptions options) throws IOException {
    int errors = 0;
    int warned = 0;
    for (SingleValidationMessage message : validator.validateWithResult(Files.readString(file), options).getMessages()) {
      ResultSeverityEnum severity = message.getSeverity();
      boolean error = severity == ResultSeverityEnum.ERROR || severity == ResultSeverityEnum.FATAL;
      if (error) errors += 1;
      else if (severity == ResultSeverityEnum.WARNING) warned += 1;
      if (error || severity == ResultSeverityEnum.WARNING) {
        String text = message.getMessage().replaceAll("\\s+", " ");
        System.out.println((error ? "ERROR " : "WARNING ") + file.getFileName() + " " + message.getLocationString() + ": " + text);
      }
    }
    System.out.println("DONE " + file.getFileName() + " " + errors + " " + warned);
  }

  private static List<Path> json(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) return List.of();
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
