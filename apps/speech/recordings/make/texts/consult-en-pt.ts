import type { Script } from "../script.ts";

/** A visit at a district clinic: fever, a penicillin allergy, treatment for malaria. Written for this project. */
export const consultEnPt: Script = {
  name: "consult-en-pt",
  speakers: [
    { id: "doctor", endpointId: "5c1d9a02", language: "en", name: "Dr Lin", voice: "bf_emma" },
    { id: "patient", endpointId: "b7e0434f", language: "pt", name: "Amélia", voice: "pf_dora" },
  ],
  turns: [
    ["doctor", "Good morning, Amélia. I am Doctor Lin. What brings you here today?"],
    ["patient", "Bom dia, doutora. Tenho febre há três dias e muita dor de cabeça."],
    ["doctor", "Did you measure your temperature at home?"],
    ["patient", "Sim, ontem à noite tinha trinta e nove graus e meio."],
    ["doctor", "Do you have chills, or are you sweating at night?"],
    ["patient", "Sim, tenho calafrios todas as noites, mas não tenho tosse."],
    ["doctor", "Any vomiting or diarrhea?"],
    ["patient", "Vomitei duas vezes ontem. Não, desculpe, foram três vezes."],
    ["doctor", "Are you taking any medicine at the moment?"],
    ["patient", "Tomo metformina de quinhentos miligramas, duas vezes por dia, por causa da diabetes."],
    ["doctor", "Are you allergic to any medicine?"],
    ["patient", "Sou alérgica à penicilina. Não posso tomar amoxicilina."],
    ["doctor", "Thank you, that is important. You will not get any penicillin. Could you be pregnant?"],
    ["patient", "Não, não estou grávida. O meu filho mais novo tem seis anos."],
    ["doctor", "Your blood test shows malaria. It is not severe, so you can be treated at home."],
    ["patient", "E quanto tempo dura o tratamento?"],
    ["doctor", "Three days. Take four tablets of artemether lumefantrine now, and four again in eight hours."],
    ["patient", "Quatro comprimidos agora e mais quatro daqui a oito horas. E depois?"],
    ["doctor", "After that, four tablets every twelve hours for two more days. Always take them with food."],
    ["patient", "Posso tomar ibuprofeno para a dor de cabeça?"],
    ["doctor", "No, do not take ibuprofen. Take one gram of paracetamol every six hours, and no more than four grams a day."],
    ["patient", "Está bem. E continuo a tomar a metformina?"],
    ["doctor", "Yes, but check your blood sugar in the morning. If it is below four, eat something and call us."],
    ["patient", "Ontem de manhã estava em sete vírgula dois."],
    ["doctor", "That is fine. Come back on Thursday at ten o'clock, or at once if you cannot keep the tablets down."],
    ["patient", "Obrigada, doutora. Então volto na quinta-feira às dez horas."],
  ],
};
