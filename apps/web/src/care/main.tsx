import { languages } from "virtual:languages/care";
import { startPage } from "../shared/start.tsx";
import { Care } from "./care.tsx";

await startPage(languages, (languageChosen) => <Care languageChosen={languageChosen} />);
